"""One page about an incident or a week: what happened, evidence, cause, what was done, what it cost."""
