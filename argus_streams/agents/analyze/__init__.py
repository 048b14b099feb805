"""ANALYZE, whose turns decide and settle what models are asked beside them."""
