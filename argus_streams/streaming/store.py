"""Where a table keeps its values between turns: in memory, or in RocksDB.

Both hold, for each partition, the values and the changelog offset up to which they are true, under the changelog
topic's id. Values are bytes that begin with the epoch of their writer; ``None`` deletes.
"""

import shutil
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from rocksdict import BlockBasedOptions, Cache, DbClosedError, Options, WriteBatch

from argus_streams.streaming import state_folder

Changes = Mapping[bytes, bytes]


class Mark(NamedTuple):
    """How far a partition's local values are true."""

    topic_id: str  # of the changelog
    offset: int  # of the last changelog record applied


class Size(NamedTuple):
    """How large a local store is; bytes where it knows."""

    keys: int
    disk: int | None = None
    memory: int | None = None
    free: int | None = None  # of its file system ...
    room: int | None = None  # ... and how large that is


class Store(Protocol):
    """Local values of the partitions of one table; only written to after the changelog has confirmed."""

    def get(self, partition: int, key: bytes) -> bytes | None:
        """The value, or ``None``."""
        ...

    def scan(self, partition: int, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Keys of the partition that begin so, with their values, in the keys' order."""
        ...

    def write(self, partition: int, changes: Changes, mark: Mark) -> None:
        """Write values and mark in one step: never one without the other."""
        ...

    def mark(self, partition: int) -> Mark | None:
        """How far this partition is true; ``None`` = nothing is known of it."""
        ...

    def drop(self, partition: int) -> None:
        """Forget the partition's values and mark."""
        ...

    def size(self) -> Size:
        """How large it is; quick, and an estimate."""
        ...

    def close(self) -> None:
        """Release files and locks."""
        ...


class MemoryStore:
    """Values in a dictionary a partition; a restart begins with nothing."""

    def __init__(self) -> None:
        self._values: dict[int, dict[bytes, bytes]] = {}
        self._marks: dict[int, Mark] = {}

    def get(self, partition: int, key: bytes) -> bytes | None:
        values = self._values.get(partition)
        return None if values is None else values.get(key)

    def scan(self, partition: int, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        values = self._values.get(partition, {})
        yield from sorted((key, value) for key, value in values.items() if key.startswith(prefix))

    def write(self, partition: int, changes: Changes, mark: Mark) -> None:
        self._values.setdefault(partition, {}).update(changes)
        self._marks[partition] = mark

    def mark(self, partition: int) -> Mark | None:
        return self._marks.get(partition)

    def drop(self, partition: int) -> None:
        self._values.pop(partition, None)
        self._marks.pop(partition, None)

    def size(self) -> Size:
        return Size(sum(map(len, self._values.values())))

    def close(self) -> None:
        self._values.clear()
        self._marks.clear()


_PARTITION = struct.Struct(">H")
_VALUE, _MARK = b"v", b"m"
_IN_MEMORY = ("size-all-mem-tables", "block-cache-usage", "estimate-table-readers-mem")
MIB = 1024 * 1024
CACHE_BYTES = 64 * MIB  # one cache for all partitions: RocksDB's defaults a partition do not fit a 512 MiB worker
WRITE_BUFFER_BYTES = 4 * MIB


class RocksStore:
    """All partitions of a table in one RocksDB, keys prefixed by the partition: one cache, one set of buffers.

    A folder with a damaged RocksDB is emptied. Raises ``Misconfigured`` for one that can not be used, and ``Damaged``
    where the damage shows later.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = state_folder.opened(folder, _options())

    def get(self, partition: int, key: bytes) -> bytes | None:
        try:
            value = self._db.get(_VALUE + _PARTITION.pack(partition) + key)
        except Exception as error:  # rocksdict raises nothing narrower
            raise state_folder.given_up(self._folder, self._db, error) from error
        return value if isinstance(value, bytes) else None

    def scan(self, partition: int, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        within = _VALUE + _PARTITION.pack(partition)
        try:
            for key, value in self._db.items(from_key=within + prefix):
                if not (isinstance(key, bytes) and isinstance(value, bytes) and key.startswith(within + prefix)):
                    return
                yield key[len(within) :], value
        except Exception as error:
            raise state_folder.given_up(self._folder, self._db, error) from error

    def write(self, partition: int, changes: Changes, mark: Mark) -> None:
        batch = WriteBatch(raw_mode=True)
        prefix = _VALUE + _PARTITION.pack(partition)
        for key, value in changes.items():
            batch.put(prefix + key, value)
        batch.put(_MARK + _PARTITION.pack(partition), f"{mark.topic_id} {mark.offset}".encode())
        self._write(batch)

    def mark(self, partition: int) -> Mark | None:
        try:
            value = self._db.get(_MARK + _PARTITION.pack(partition))
        except Exception as error:
            raise state_folder.given_up(self._folder, self._db, error) from error
        if not isinstance(value, bytes):
            return None
        topic_id, offset = value.decode().rsplit(" ", 1)
        return Mark(topic_id, int(offset))

    def drop(self, partition: int) -> None:
        batch = WriteBatch(raw_mode=True)  # one step: values that outlive their mark would pass for state
        batch.delete(_MARK + _PARTITION.pack(partition))
        batch.delete_range(_VALUE + _PARTITION.pack(partition), _VALUE + _PARTITION.pack(partition + 1))
        self._write(batch)

    def size(self) -> Size:
        keys, disk = self._told("estimate-num-keys"), self._told("total-sst-files-size")
        system = shutil.disk_usage(self._folder)
        return Size(keys, disk, sum(map(self._told, _IN_MEMORY)), system.free, system.total)

    def _told(self, name: str) -> int:
        return int(self._db.property_int_value(f"rocksdb.{name}") or 0)

    def close(self) -> None:
        try:
            self._db.close()
        except DbClosedError:  # it was given up
            return
        except Exception as error:
            told = state_folder.given_up(self._folder, self._db, error)
            if not isinstance(told, state_folder.Damaged):  # which is told, and mended by an end
                raise told from error

    def _write(self, batch: WriteBatch) -> None:
        try:
            self._db.write(batch)
        except Exception as error:
            raise state_folder.given_up(self._folder, self._db, error) from error


def _options() -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)  # noqa: FBT003 - rocksdict's own signature
    options.set_write_buffer_size(WRITE_BUFFER_BYTES)
    options.set_max_write_buffer_number(2)
    options.set_keep_log_file_num(2)
    options.set_max_open_files(256)
    table = BlockBasedOptions()
    table.set_block_cache(Cache(CACHE_BYTES))
    table.set_bloom_filter(10, False)  # noqa: FBT003 - bits a key, whole keys
    options.set_block_based_table_factory(table)
    return options
