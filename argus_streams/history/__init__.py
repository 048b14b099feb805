"""``argus replay``: history made anew as a generation beside the live one, compared, and put in its place."""
