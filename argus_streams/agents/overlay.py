"""A project's part of an agent's table during one turn."""

from argus_streams.streaming.agent import State


class Overlay:
    """A project's part of the table, on which work that fails leaves nothing."""

    def __init__(self, state: State, partition: int, project: str) -> None:
        self._state = state
        self._partition = partition
        self._project = project.encode()
        self._changes: dict[str, bytes | None] = {}

    def get(self, name: str) -> bytes | None:
        """The value, or ``None``."""
        return self._changes[name] if name in self._changes else self._state.get(self._partition, self._key(name))

    def put(self, name: str, value: bytes | None) -> None:
        """Change a value."""
        self._changes[name] = value

    def keep(self) -> None:
        """Let the changes count."""
        for name, value in self._changes.items():
            self._state.put(self._partition, self._key(name), value)

    def _key(self, name: str) -> bytes:
        return self._project + b"/" + name.encode() if name else self._project
