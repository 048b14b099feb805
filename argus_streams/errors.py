"""The three families of error, named for what the shell does with each."""


class ArgusError(Exception):
    """Any error of ours; its text names what is wrong and what to do."""


class Malformed(ArgusError):  # noqa: N818 - named for what the input is, as DESIGN speaks of it
    """The input can never be processed: it becomes a letter, and is not tried again."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Unavailable(ArgusError):  # noqa: N818
    """Something outside is down: hold the partition, back off, try again; nothing is skipped."""


class Misconfigured(ArgusError):  # noqa: N818
    """A setting is wrong: refuse to start (exit 78) and name the setting."""
