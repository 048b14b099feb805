"""What the command line does for a person who asks about repairs of broken tests."""
