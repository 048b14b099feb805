"""The pure core: values in, decisions out; no clock, no environment, no I/O."""
