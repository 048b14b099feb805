"""CPU time and memory of running processes, as Linux tells them in /proc."""

import os
from collections.abc import Mapping
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _OWN, _REAPED = 1, slice(11, 13), slice(13, 15)  # fields of stat behind the name


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, of all that runs below it, and of what ended below it; 0.0 of one that is gone."""
    return _Tree().seconds(pid)


def peak_bytes(pid: int) -> int:
    """The most memory that a process had resident so far; 0 of one that is gone."""
    return _status(pid, "VmHWM")


def resident_bytes(pid: int) -> int:
    """The memory that a process has resident now; 0 of one that is gone."""
    return _status(pid, "VmRSS")


def _status(pid: int, name: str) -> int:
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(told.get(name, "0 kB").split()[0]) * 1024


class _Tree:
    """All processes at one moment."""

    def __init__(self) -> None:
        self._fields: dict[int, list[str]] = {}
        for folder in _PROC.iterdir():
            if folder.name.isdigit():
                self._look(int(folder.name))
        self._children: Mapping[int, list[int]] = self._by_parent()

    def seconds(self, pid: int) -> float:
        """Of one that waits for its children (Postgres does): what ended below it is no loss between two readings."""
        fields = self._fields.get(pid)
        if fields is None:
            return 0.0
        own = sum(map(int, fields[_OWN])) + sum(map(int, fields[_REAPED]))
        return own / _TICKS + sum(self.seconds(child) for child in self._children.get(pid, ()))

    def _look(self, pid: int) -> None:
        try:
            self._fields[pid] = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # ended since
            return

    def _by_parent(self) -> dict[int, list[int]]:
        children: dict[int, list[int]] = {}
        for pid, fields in self._fields.items():
            children.setdefault(int(fields[_PARENT]), []).append(pid)
        return children
