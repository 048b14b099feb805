"""What this machine says: the state folder, limits, versions."""

import fcntl
import os
import platform
import resource
import struct
import sys
from importlib.metadata import version
from pathlib import Path

import confluent_kafka

from argus_streams import app
from argus_streams.core.doctor.machine import Folder, Machine
from argus_streams.settings import Settings

_CGROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_MOUNTS = Path("/proc/mounts")
_BOUNDLESS = 1 << 60  # version 1 of cgroups writes a number near 2^63 for no limit
_FLOCK = struct.Struct("hhqqi4x")  # Linux on 64 bits: type, whence, start, length, process
F_GETLK = 5  # of Linux; Python has no name for it where the C library does not


def machine() -> Machine:
    """Limits and versions."""
    built, linked = confluent_kafka.version(), confluent_kafka.libversion()[0]
    complaints = []
    if _minor(str(built)) != _minor(linked):
        complaints.append(f"confluent-kafka {built} is linked with librdkafka {linked}, another than it was built for")
    return Machine(
        versions={
            "argus-streams": version("argus-streams"),
            "Python": platform.python_version(),
            "librdkafka": linked,
            "RocksDB": f"by rocksdict {version('rocksdict')}",
        },
        complaints=tuple(complaints),
        memory=_memory(),
        files=_files(),
    )


def folder(given: Settings) -> Folder | None:
    """The state folder; ``None`` where none is named."""
    path = given.state_dir
    if path is None:
        return None
    complaint = _complaint(path)
    if complaint is not None or not path.exists():
        return Folder(path=str(path), complaint=complaint)
    room = os.statvfs(path)
    changelogs = [name for role in app.ROLES if (name := app.changelog_of(given, role)) is not None]
    held = {name: process for name in changelogs if (process := _holder(path / name / "LOCK")) is not None}
    return Folder(
        path=str(path),
        free=room.f_bavail * room.f_frsize,
        used=sum(map(_size, path.glob("*/*"))),
        free_inodes=room.f_favail if room.f_files else None,
        disk=_disk(path),
        held=held,
    )


def _complaint(path: Path) -> str | None:
    """Why a worker could not use it; one that is not there is made by the worker."""
    there = next((each for each in (path, *path.parents) if each.exists()), Path("/"))
    if not there.is_dir():
        return f"{there} is a file, where a folder is needed"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there} can not be written" if there == path else f"it is not there, and {there} can not be written"
    return None


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # a compaction has removed it meanwhile
        return 0


def _holder(lock: Path) -> int | None:
    """The process that holds RocksDB's lock, 0 where it can not be named; asked, not tried: a try would be a lock."""
    if sys.platform != "linux":
        return None
    try:
        with lock.open("rb") as file:
            told = fcntl.fcntl(file, F_GETLK, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
    except OSError:
        return None
    kind, _, _, _, process = _FLOCK.unpack(told)
    return None if kind == fcntl.F_UNLCK else max(0, process)


def _disk(path: Path) -> str | None:
    """The kind of file system, by the longest mount point above."""
    if not _MOUNTS.exists():
        return None
    mounts = [line.split() for line in _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()]
    above = [(point, kind) for _, point, kind, *_ in mounts if path.resolve().is_relative_to(point)]
    return max(above, key=lambda each: len(each[0]))[1] if above else None


def _memory() -> int | None:
    """The limit of the container, bytes."""
    for file in _CGROUPS:
        try:
            told = int(file.read_text())
        except (OSError, ValueError):  # "max"
            continue
        return told if told < _BOUNDLESS else None
    return None


def _files() -> int | None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def _minor(told: str) -> tuple[str, ...]:
    return tuple(told.split(".")[:2])
