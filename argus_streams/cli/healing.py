"""Repairs of broken tests: ``argus heal``."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, NamedTuple, cast

import click
import msgspec
from msgspec.structs import asdict

from argus_streams.adapters.healing_terms import load_knowledge_limits
from argus_streams.cli import repairs
from argus_streams.cli.command import with_settings
from argus_streams.core.healing.knowledge.replaying import Replay, Row
from argus_streams.core.healing.knowledge.scoring import Scores
from argus_streams.core.reports.page import shortened
from argus_streams.errors import Malformed
from argus_streams.settings import Settings

_COLUMNS = ("repository", "old_locator", "new_locator")
_LONGEST = 65_536  # characters of a field
_NAMES, _NAME = 8, 80  # columns that are named where one lacks, and characters of each
_LINE = 1 << 20  # characters of a line; a longer one is no row
_GZIP = b"\x1f\x8b"


class _Numbered(NamedTuple):
    """A row, its number in the file from 1, and its own id where it has one."""

    number: int
    id: str | None
    row: Row


@click.group(commands=repairs.COMMANDS)
def heal() -> None:
    """Repair broken locators of tests."""


@heal.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@with_settings
def replay(_: Settings, file: str) -> int:
    """Tell what was known of each of many repairs before it.

    FILE is CSV, also gzipped or "-", with the columns repository, old_locator and new_locator: repairs that people
    made, in their order. A JSON line is printed for each row, a summary on standard error.
    """
    replayed, score, bad = Replay(load_knowledge_limits()), Scores(), 0
    with _opened(file) as lines:
        for read in _rows(lines):
            if isinstance(read, Malformed):
                bad += 1
                click.echo(f"argus: {file}: {read}", err=True)
                continue
            line = replayed.take(read.row, read.number, read.id)
            score.add(line)
            click.echo(msgspec.json.encode(line))
    for text in score.texts():
        click.echo(text, err=True)
    if bad:
        click.echo(f"{bad} malformed", err=True)
    return int(bad > 0)


@contextmanager
def _opened(file: str) -> Iterator[IO[str]]:
    with click.open_file(file, "rb") as raw:
        buffered = io.BufferedReader(cast(io.RawIOBase, raw))
        packed = buffered.peek(len(_GZIP)).startswith(_GZIP)
        content = gzip.GzipFile(fileobj=buffered) if packed else buffered
        yield io.TextIOWrapper(content, encoding="utf-8-sig", errors="replace", newline="")


def _rows(lines: IO[str]) -> Iterator[_Numbered | Malformed]:
    """The rows of a file in their order. Raises ``Malformed`` where it is no such file."""
    told = _fields(lines)
    names = next(told, None)
    if names is None or isinstance(names, Malformed):
        raise names or Malformed("header", "the first line has to name the columns, and there is none")
    lacking = [column for column in _COLUMNS if column not in names]
    if lacking:
        raise Malformed("header", f"no column {', '.join(lacking)}; it names {_shown(names)}")
    for number, fields in enumerate(told, start=1):
        if isinstance(fields, Malformed):
            yield Malformed(f"row {number}", str(fields))
        elif fields:
            yield _row(number, dict(zip(names, fields, strict=False)))


def _shown(names: Sequence[str]) -> str:
    """The columns that were found, which may be anything: a file with another separator has one of all."""
    return shortened(", ".join(repr(name[:_NAME]) for name in names[:_NAMES]), _NAMES * _NAME)


def _row(number: int, fields: Mapping[str, str]) -> _Numbered | Malformed:
    row = Row(**{column: fields.get(column, "").strip() for column in _COLUMNS})
    for column, text in asdict(row).items():
        if not text:
            return Malformed(f"row {number}", f"no {column}")
        if len(text) > _LONGEST:
            return Malformed(f"row {number}", f"{column} is longer than {_LONGEST} characters")
    return _Numbered(number, fields.get("id"), row)


def _fields(lines: IO[str]) -> Iterator[list[str] | Malformed]:
    reader = csv.reader(iter(lambda: lines.readline(_LINE), ""))
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Malformed("csv", str(error))
        except (EOFError, OSError, zlib.error) as error:
            yield Malformed("gzip", f"{error}: what follows can not be read")
            return
