"""Campaigns: too long for every run of the tests; a sample of each is a test."""
