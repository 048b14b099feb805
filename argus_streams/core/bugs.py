"""Errors that nobody foresaw: told with their place, so that the letter is enough to find them."""

import traceback

BUG = "bug"  # reason of a letter that is our fault
_FRAMES = 4


def last_frames(error: Exception) -> str:
    """The error and where it arose, innermost call first; file names alone, whatever machine it was."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " < ".join(
        f"{frame.name} ({frame.filename.rpartition('/')[2]}:{frame.lineno})" for frame in reversed(frames)
    )
    return f"{type(error).__name__}: {error}; in {places}"
