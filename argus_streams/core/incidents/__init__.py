"""Which signals of a project are one incident, what brought it about, and how it ends."""
