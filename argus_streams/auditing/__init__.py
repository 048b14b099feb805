"""``argus audit``: reads inputs, ledger, topics between and Postgres, and lets ``core.audit`` compare them."""
