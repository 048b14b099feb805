"""What ails a deployment: facts in, findings out."""
