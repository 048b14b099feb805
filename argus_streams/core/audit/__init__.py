"""What the ledger, the topics and Postgres tell of the same bodies and events, held against each other.

Values in, findings out; who reads them is no matter. Sets of places are compressed bitmaps, so that ten million
bodies fit into a few hundred megabytes.
"""
