"""One server for all processes of a session (`-n 3`), which ends when the last of them has let go of it."""

import fcntl
from contextlib import contextmanager


class OneForAll:
    """The server that a note tells of, else one started here, of which the note tells the others.

    Who started it ends it, once nobody uses it any more. The kernel lets go of the locks of a process that is killed.
    """

    def __init__(self, note, start):
        self._note, self._ours = note, None
        with alone(note):
            if not note.exists():
                self._ours = start()
                note.write_text(self._ours.bootstrap)
            self._use = note.open()
            fcntl.flock(self._use, fcntl.LOCK_SH)
        self.bootstrap = self._use.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self._use:
            if self._ours is not None:
                with alone(self._note):
                    self._note.unlink()  # who comes now starts one of its own
                fcntl.flock(self._use, fcntl.LOCK_EX)
                self._ours.stop()


@contextmanager
def alone(note):
    """No other process looks at the note, or writes it."""
    with note.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
