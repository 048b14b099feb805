"""State folders that vanish or are damaged between two starts: the changelog holds what was in them."""

import asyncio
import shutil

from launching import STATE
from waiting import until

ROLE = "correlate"


async def the_state_folder_is_deleted_between_restarts(play):
    """As where a pod's volume is not kept."""
    await _restarted(play, shutil.rmtree)
    await play.mended(play.regulars)


async def the_database_of_the_state_is_damaged_between_restarts(play):
    """A torn write, a bad sector, a file that somebody removed."""
    damages = [_overwrite_tables, _cut_tables, _overwrite_manifest, _overwrite_current, _remove_current, _cut_log]
    play.random.shuffle(damages)
    for damage in damages:
        await _restarted(play, _nothing)  # what is only in its log comes into tables
        already = play.regulars.log(ROLE).count("is damaged and begins empty")
        touched = await _restarted(play, damage)
        await play.mended(play.regulars)
        await asyncio.sleep(3)  # what is read again is looked at
        await play.mended(play.regulars)
        noticed = play.regulars.log(ROLE).count("is damaged and begins empty") - already
        play.say(f"  {damage.__name__.strip('_').replace('_', ' ')}: {touched} files, noticed {noticed} times")
        assert noticed or not touched or damage is _cut_log, play.regulars.tails()


async def _restarted(play, damage):
    """End GROUP in good order, do something to its folder, start it; what the damage says."""
    crew = play.regulars
    async with play.stage.unattended(crew):
        process = crew.process(ROLE)
        process.terminate()
        await until(lambda: process.poll() is not None, f"{ROLE} does not end")
        done = damage(crew.logs / STATE)
    await until(lambda: crew.process(ROLE) is not process, f"{ROLE} was not started again")
    await play.mended(crew)
    return done


def _nothing(_):
    """A restart alone."""


def _overwrite_tables(folder):
    return _each(folder, "*.sst", _overwrite)


def _cut_tables(folder):
    return _each(folder, "*.sst", lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]))


def _overwrite_manifest(folder):
    return _each(folder, "MANIFEST-*", _overwrite)


def _overwrite_current(folder):
    return _each(folder, "CURRENT", lambda file: file.write_bytes(b"rubbish"))


def _remove_current(folder):
    return _each(folder, "CURRENT", lambda file: file.unlink())


def _cut_log(folder):
    """A write-ahead log that ends early is what every crash leaves: it holds whole batches up to there."""
    return _each(folder, "*.log", lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]))


def _overwrite(file):
    """The middle of the file."""
    content = bytearray(file.read_bytes())
    third = len(content) // 3
    content[third : 2 * third] = b"\x5a" * third
    file.write_bytes(content)


def _each(folder, pattern, damage):
    files = list(folder.rglob(pattern))
    for file in files:
        damage(file)
    return len(files)
