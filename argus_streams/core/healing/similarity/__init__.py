"""Which element of a page is most like the one that a test knew, and how sure that is."""
