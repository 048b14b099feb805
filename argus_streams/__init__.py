"""argus_streams: what production says about itself, as a short list of explained problems."""
