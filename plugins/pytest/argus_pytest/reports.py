"""What happened, as lines for ``argus heal submit``: one ``{"failure": …}`` or ``{"outcome": …}`` each."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

LARGEST = 64 * 2**20  # bytes of a file; what would be more is left out, and said
MESSAGE = 8_000  # characters of an error's text
DOM = 512 * 1024  # characters of a page
_VALUE = re.compile(r"\bvalue=(\"[^\"]*\"|'[^']*'|\S+)")  # Playwright shows the elements that it found


class Report:
    """The file that lines are added to; several processes may add to one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._before = self._size()
        self.lost = 0  # lines that there was no room for

    def grown(self) -> Path | None:
        """The file, if any process has added to it since."""
        return self._path if self._size() > self._before else None

    def add(self, kind: str, told: dict[str, Any]) -> None:
        """One line; what is ``None`` is left out."""
        if self._path is None:
            return
        present = {name: value for name, value in told.items() if value is not None}
        line = json.dumps({kind: present}, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        if self._size() + len(line) > LARGEST:
            self.lost += 1
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)

    def _size(self) -> int:
        return self._path.stat().st_size if self._path is not None and self._path.exists() else 0


def identity(*parts: object) -> str:
    """The same for the same parts."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def plain(message: str) -> str:
    """An error's text without what stands in fields of the page, and without the driver's own stack."""
    return _VALUE.sub('value="***"', message.partition("\nStacktrace:")[0])[:MESSAGE]
