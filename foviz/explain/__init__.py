"""What happened, in sentences, and why: rule, source, facts, chain of causes."""
