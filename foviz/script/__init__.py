"""The lab language: one line of text for each deed, each question, each expectation."""
