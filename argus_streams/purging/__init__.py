"""``argus project``: what there is of a project, and how all of it is taken out."""
