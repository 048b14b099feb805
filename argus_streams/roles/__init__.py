"""What each role needs of the outside to run, brought together."""
