"""One stage a file: decode, decide (core), hand over to the engine."""
