"""Which occurrences are one problem, and what is known of it."""
