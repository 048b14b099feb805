"""Opening RocksDB in a folder: what an operator has to mend is told in a sentence, what is damaged begins empty."""

import logging
from contextlib import suppress
from pathlib import Path

from rocksdict import Options, Rdict

from argus_streams.errors import ArgusError, Misconfigured

log = logging.getLogger(__name__)


class Damaged(ArgusError):  # noqa: N818 - what happened to the folder
    """A block of the database can not be read: the folder is void by now, end at once and begin empty."""


def opened(folder: Path, options: Options) -> Rdict:
    """The database of this folder, made on demand; a damaged one is removed, for the changelog holds it too.

    Raises ``Misconfigured`` when the folder is in use, is none, or can not be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise _misconfigured(folder, "a file stands where a folder is needed: move it, or name another") from error
    except OSError as error:
        raise _misconfigured(folder, f"can not be made: {error.strerror}. Name a folder we may write") from error
    try:
        return Rdict(str(folder), options)
    except Exception as error:  # rocksdict raises nothing narrower; the kind is told by the text alone
        if not _is_damage(str(error)):
            raise _complaint(folder, str(error)) from error
        log.warning("%s is damaged and begins empty, which costs time, not counts: %s", folder, _line(str(error)))
    return _begun_anew(folder, options)


def given_up(folder: Path, database: Rdict, error: Exception) -> Exception:
    """What to raise for an error of an open database; the folder of one that turned out damaged is emptied.

    A damaged block of values is found only when it is read.
    """
    if not _is_damage(str(error)):
        return error
    with suppress(Exception):  # it may meet the damage again, by what it still had to write; its lock is given up
        database.close()
    Rdict.destroy(str(folder), Options())
    told = f"{folder} is damaged and begins empty, which costs time, not counts: {_line(str(error))}"
    log.warning("%s", told)
    return Damaged(told)


def _begun_anew(folder: Path, options: Options) -> Rdict:
    try:
        Rdict.destroy(str(folder), options)  # under RocksDB's own lock, and nothing but RocksDB's own files
        return Rdict(str(folder), options)
    except Exception as error:
        raise _complaint(folder, str(error)) from error


def _is_damage(told: str) -> bool:
    """Whether files are broken, or one that CURRENT names is gone; RocksDB's status begins its text.

    https://github.com/facebook/rocksdb/blob/main/util/status.cc
    """
    return told.startswith(("Corruption:", "IO error: No such file or directory:"))


def _complaint(folder: Path, told: str) -> Misconfigured:
    if "While lock file" in told or "lock hold by current process" in told:
        return _misconfigured(folder, "another worker holds it: stop that one, or give each worker its own folder")
    return _misconfigured(folder, f"RocksDB can not use it: {_line(told)}. Mend this, or name another folder")


def _misconfigured(folder: Path, what: str) -> Misconfigured:
    return Misconfigured(f"ARGUS_STATE_DIR: {folder}: {what}")


def _line(told: str) -> str:
    return " ".join(told.split())
