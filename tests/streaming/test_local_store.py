"""What both stores of a table promise; and what RocksDB promises beyond a process's end."""

import os
import time

import pytest
from processes import comes_true, python

from argus_streams.errors import Misconfigured
from argus_streams.streaming.state_folder import Damaged
from argus_streams.streaming.store import Mark, MemoryStore, RocksStore

MARK = Mark("topic-id", 7)
WRITER = """
import sys
from itertools import count
from pathlib import Path
from argus_streams.streaming.store import Mark, RocksStore
store = RocksStore(Path(sys.argv[1]))
for number in count(1):
    store.write(0, {b"%d" % key: b"%d" % number for key in range(200)}, Mark("topic-id", number))
    print(number, flush=True)
"""
DROPPER = """
import sys
from pathlib import Path
from argus_streams.streaming.store import Mark, RocksStore
store = RocksStore(Path(sys.argv[1]))
print("begun", flush=True)
while True:
    for partition in range(50):
        store.write(partition, {b"key": b"value"}, Mark("topic-id", 1))
    for partition in range(50):
        store.drop(partition)
"""
HOLDER = """
import sys
import time
from pathlib import Path
from argus_streams.streaming.store import RocksStore
store = RocksStore(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(params=["memory", "rocksdb"])
def store(request, tmp_path):
    store = MemoryStore() if request.param == "memory" else RocksStore(tmp_path)
    yield store
    store.close()


def test_an_empty_store_knows_nothing(store):
    assert store.get(0, b"key") is None
    assert store.mark(0) is None


def test_values_and_mark_are_read_as_they_were_written(store):
    store.write(0, {b"key": b"value", b"": b"empty key", b"\x00\xff": b""}, MARK)
    assert [store.get(0, key) for key in (b"key", b"", b"\x00\xff")] == [b"value", b"empty key", b""]
    assert store.mark(0) == MARK


def test_a_later_write_replaces_its_keys_alone(store):
    store.write(0, {b"a": b"1", b"b": b"1"}, MARK)
    store.write(0, {b"b": b"2"}, Mark("topic-id", 8))
    assert (store.get(0, b"a"), store.get(0, b"b"), store.mark(0)) == (b"1", b"2", Mark("topic-id", 8))


def test_a_mark_moves_without_values_too(store):
    store.write(0, {}, MARK)
    assert store.mark(0) == MARK


def test_keys_are_found_by_how_they_begin_in_their_own_partition_alone(store):
    keys = (b"shop:a", b"shop:b", b"shop/x", b"shop", b"shoq", b"mall:a")
    for partition in (0, 1, 256):
        store.write(partition, dict.fromkeys(keys, b"%d" % partition), MARK)
    assert list(store.scan(1, b"shop:")) == [(b"shop:a", b"1"), (b"shop:b", b"1")]
    assert [key for key, _ in store.scan(256, b"")] == sorted(keys)
    assert list(store.scan(2, b"shop:")) == list(store.scan(0, b"z")) == []


def test_partitions_do_not_see_each_other(store):
    for partition in (0, 1, 255, 256, 65_534):
        store.write(partition, {b"key": b"%d" % partition}, Mark("topic-id", partition))
    assert store.get(1, b"key") == b"1"
    assert store.mark(256) == Mark("topic-id", 256)
    assert store.get(2, b"key") is None


def test_a_dropped_partition_is_empty_and_its_neighbours_are_not(store):
    for partition in (0, 1, 2):
        store.write(partition, {b"a": b"1", b"\xff\xff\xff": b"2"}, MARK)
    store.drop(1)
    assert (store.get(1, b"a"), store.get(1, b"\xff\xff\xff"), store.mark(1)) == (None, None, None)
    assert all(store.get(p, b"\xff\xff\xff") == b"2" and store.mark(p) == MARK for p in (0, 2))


def test_dropping_a_partition_that_was_never_written_is_nothing(store):
    store.drop(3)
    assert store.mark(3) is None


def test_a_dropped_partition_can_be_written_again(store):
    store.write(0, {b"old": b"1"}, MARK)
    store.drop(0)
    store.write(0, {b"new": b"2"}, Mark("other-id", 0))
    assert (store.get(0, b"old"), store.get(0, b"new"), store.mark(0)) == (None, b"2", Mark("other-id", 0))


def test_a_reopened_rocksdb_is_as_it_was_closed(tmp_path):
    store = RocksStore(tmp_path / "made" / "on" / "demand")
    store.write(0, {b"key": b"value"}, MARK)
    store.write(1, {b"key": b"value"}, MARK)
    store.drop(1)
    store.close()

    store = RocksStore(tmp_path / "made" / "on" / "demand")
    assert (store.get(0, b"key"), store.mark(0)) == (b"value", MARK)
    assert (store.get(1, b"key"), store.mark(1)) == (None, None)
    store.close()


def test_a_memory_store_begins_anew_after_closing():
    store = MemoryStore()
    store.write(0, {b"key": b"value"}, MARK)
    store.close()
    assert (store.get(0, b"key"), store.mark(0)) == (None, None)


def test_a_killed_writer_leaves_values_and_mark_of_the_same_write(tmp_path):
    with python(WRITER, str(tmp_path)) as writer:
        writer.stdout.readline()
        time.sleep(0.2)
        writer.kill()
        told = int(writer.stdout.read().split()[-1])
    store = RocksStore(tmp_path)
    offset = store.mark(0).offset
    assert offset >= told
    assert {store.get(0, b"%d" % key) for key in range(200)} == {b"%d" % offset}
    store.close()


@pytest.mark.parametrize("attempt", range(4))
def test_a_killed_dropper_leaves_no_value_without_its_mark(tmp_path, attempt):
    """Values that outlive their mark would be taken for state in the next recovery."""
    with python(DROPPER, str(tmp_path)) as dropper:
        dropper.stdout.readline()
        time.sleep(0.02 + attempt * 0.0107)
        dropper.kill()
        dropper.wait()
    store = RocksStore(tmp_path)
    marks, values = [store.mark(p) for p in range(50)], [store.get(p, b"key") for p in range(50)]
    assert [mark is None for mark in marks] == [value is None for value in values]
    store.close()


@pytest.fixture
def written(tmp_path):
    """A folder of a closed store: ten thousand bytes in a file of values, the last write in the log alone."""
    folder = tmp_path / "state" / "changelog"
    store = RocksStore(folder)
    store.write(0, {b"%d" % number: os.urandom(100) for number in range(100)}, MARK)
    store.close()
    store = RocksStore(folder)  # opening moves the log's values to a file
    store.write(0, {b"last": b"value"}, Mark("topic-id", 8))
    store.close()
    return folder


def _cut(files):
    for file in files:
        file.write_bytes(file.read_bytes()[:100])


def _flip(files):
    for file in files:
        content = file.read_bytes()
        middle = len(content) // 2
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :])


def _lose(files):
    for file in files:
        file.unlink()


def _scribble(files):
    for file in files:
        file.write_bytes(b"garbage\n")


@pytest.mark.parametrize(
    ("damage", "files"),
    [
        (_scribble, "CURRENT"), (_lose, "CURRENT"), (_cut, "MANIFEST-*"), (_flip, "MANIFEST-*"), (_lose, "MANIFEST-*"),
        (_cut, "*.sst"), (_lose, "*.sst"),
    ],
)  # fmt: skip
def test_a_damaged_rocksdb_begins_empty_and_says_so(written, caplog, damage, files):
    found = list(written.glob(files))
    assert found
    damage(found)
    store = RocksStore(written)
    assert (store.mark(0), store.get(0, b"1")) == (None, None)
    assert "costs time, not counts" in caplog.text
    store.write(0, {b"key": b"value"}, MARK)
    store.close()
    store = RocksStore(written)
    assert (store.get(0, b"key"), store.mark(0)) == (b"value", MARK)
    store.close()


def test_a_block_that_turns_out_damaged_when_it_is_read_voids_the_folder(written, caplog):
    values = max(written.glob("*.sst"), key=lambda file: file.stat().st_size)
    content = values.read_bytes()
    values.write_bytes(content[:4000] + bytes([content[4000] ^ 0xFF]) + content[4001:])  # no block that opening reads
    store = RocksStore(written)
    assert store.mark(0) == Mark("topic-id", 8)
    with pytest.raises(Damaged, match="begins empty, which costs time, not counts"):
        _ = [store.get(0, b"%d" % number) for number in range(100)]
    assert "costs time, not counts" in caplog.text
    store = RocksStore(written)
    assert (store.mark(0), store.get(0, b"1")) == (None, None)
    store.close()


def test_a_block_that_turns_out_damaged_in_the_background_voids_the_folder(tmp_path):
    folder = tmp_path / "changelog"
    for _ in range(3):  # as many files as are merged when one more comes
        store = RocksStore(folder)
        store.write(0, {b"%d" % number: os.urandom(100) for number in range(10_000)}, MARK)
        store.close()
    values = max(folder.glob("*.sst"), key=lambda file: file.stat().st_size)
    content = values.read_bytes()
    values.write_bytes(content[:4000] + bytes([content[4000] ^ 0xFF]) + content[4001:])
    store = RocksStore(folder)
    store.write(0, {b"one": b"more"}, MARK)
    store.close()
    store = RocksStore(folder)

    def void():  # by the end before, where a write would make a new mark, or by a write
        if store.mark(0) is None:
            return True
        try:
            store.write(0, {b"another": b"value"}, MARK)
        except Damaged:
            return True
        return False

    assert comes_true(void, 20)
    store.close()
    store = RocksStore(folder)
    assert (store.mark(0), store.get(0, b"1")) == (None, None)
    store.close()


@pytest.mark.parametrize("lost", range(1, 400, 13))
def test_a_manifest_cut_anywhere_leaves_no_mark_without_its_values(written, lost):
    manifest = next(written.glob("MANIFEST-*"))
    manifest.write_bytes(manifest.read_bytes()[:-lost])
    store = RocksStore(written)
    values = store.get(0, b"1") is not None, store.get(0, b"last") is not None
    told = {None: (False, False), MARK: (True, False), Mark("topic-id", 8): (True, True)}
    assert values == told[store.mark(0)]
    store.close()


def test_a_damaged_rocksdb_takes_no_other_folder_with_it(written):
    other = RocksStore(written.parent / "other")
    other.write(0, {b"key": b"value"}, MARK)
    (written / "notes.txt").write_text("an operator's own")
    _scribble([written / "CURRENT"])
    RocksStore(written).close()
    assert other.get(0, b"key") == b"value"
    assert (written / "notes.txt").exists()
    other.close()


def test_a_folder_that_another_worker_holds_is_refused_and_left_as_it_is(written):
    with python(HOLDER, str(written)) as holder:
        holder.stdout.readline()
        with pytest.raises(Misconfigured, match=r"^ARGUS_STATE_DIR: .*another worker holds it: stop that one"):
            RocksStore(written)
    store = RocksStore(written)
    assert store.mark(0) == Mark("topic-id", 8)
    store.close()


def test_a_folder_that_this_process_holds_is_refused(written):
    store = RocksStore(written)
    with pytest.raises(Misconfigured, match="another worker holds it"):
        RocksStore(written)
    store.close()


@pytest.mark.parametrize("below", ["", "changelog"])
def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path, below):
    (tmp_path / "state").write_text("a file")
    with pytest.raises(Misconfigured, match=r"^ARGUS_STATE_DIR: .*a file stands where a folder is needed"):
        RocksStore(tmp_path / "state" / below)
    assert (tmp_path / "state").read_text() == "a file"


def test_a_folder_rocksdb_can_not_lock_is_refused(tmp_path):
    (tmp_path / "LOCK").mkdir()
    with pytest.raises(Misconfigured, match=r"^ARGUS_STATE_DIR: .*RocksDB can not use it"):
        RocksStore(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("below", ["", "changelog"])
def test_a_folder_that_may_not_be_written_is_refused(tmp_path, below):
    tmp_path.chmod(0o500)
    with pytest.raises(Misconfigured, match=r"^ARGUS_STATE_DIR: "):
        RocksStore(tmp_path / below)
    tmp_path.chmod(0o700)
