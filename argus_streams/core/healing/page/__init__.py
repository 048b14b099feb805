"""A page as its snapshot tells it, and whether what was found on it may be taken for the element that is lost."""
