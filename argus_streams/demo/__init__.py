"""The demo: real parts, invented failures, and a story told without being asked."""
