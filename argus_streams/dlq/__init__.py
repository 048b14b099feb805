"""What the command line does with dead letters: look at them, replay them."""
