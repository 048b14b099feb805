"""As whom Postgres runs where this process is root, whom it refuses, and how that user gets at its programs."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from argus_streams.embedded.guard import identity_of
from argus_streams.embedded.process import Home, Say
from argus_streams.errors import Misconfigured


def account(folder: Path) -> str | None:
    """Whom to run as where this process is root, whom Postgres refuses: the data's owner, or nobody."""
    if os.geteuid() != 0:
        return None
    data = folder / "data"
    owner = data.stat().st_uid if data.exists() else 0
    return pwd.getpwuid(owner).pw_name if owner else "nobody"


def reachable(programs: Path, place: Home, user: str, say: Say) -> Path:
    """Programs that this user may run: a checkout under /root is closed to all others, so they are copied out of it."""
    if place.temporary:
        place.path.chmod(0o711)
    closed = first_closed(place.path, user)
    if closed is not None:
        raise Misconfigured(
            f"Postgres does not run as root, so it runs as {user}, who may not enter {closed}: "
            "name a folder elsewhere, or set DATABASE_URL to a server that runs."
        )
    if runs_as(programs, user):
        return programs
    say(f"copying Postgres' programs to {place.path}, for {user} may not enter {programs}")
    return copy_of(programs, place.path / "programs")


def first_closed(folder: Path, user: str) -> Path | None:
    """The first folder on the way that this user may not pass through."""
    uid = pwd.getpwnam(user).pw_uid
    way = [*reversed(folder.parents), folder]
    return next((step for step in way if not may_pass(step.stat(), uid)), None)


def may_pass(status: os.stat_result, uid: int) -> bool:
    """Whether a user without groups may pass through a folder of this status."""
    return bool(status.st_mode & (stat.S_IXUSR if status.st_uid == uid else stat.S_IXOTH))


def runs_as(programs: Path, user: str) -> bool:
    """Whether this user may run the programs where they are."""
    command = [str(programs / "postgres"), "--version"]
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, check=False, **identity_of(user))  # noqa: S603
    except PermissionError:
        return False
    return done.returncode == 0


def copy_of(programs: Path, target: Path) -> Path:
    """Copy the package and the libraries beside it, which the programs find by their place, open to all."""
    package = programs.parent.parent
    shutil.rmtree(target, ignore_errors=True)
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, target / source.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)
    return target / programs.relative_to(package.parent)
