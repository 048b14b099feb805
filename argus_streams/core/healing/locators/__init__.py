"""How tests name an element: read from any language that they are written in, and written in the language of a test."""
