import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from records import NOW, Record

from argus_streams.adapters.contracts import data_folder
from argus_streams.agents.wire import Topics, key_of, ledger_of, letter_of, told_by
from argus_streams.core import letters
from argus_streams.core.events import Origin
from argus_streams.core.ledger import LIMIT, Entry
from argus_streams.core.letters import Letter

LETTER = Letter(stage="normalize", reason="truncated", detail="ends early", origins=(Origin("t", 1, 2, -1),))
HEADERS = st.lists(st.tuples(st.text(max_size=20), st.none() | st.binary(max_size=50)), max_size=5)


def test_every_topic_that_agents_write_or_read_is_declared():
    declared = {file.stem for file in data_folder("topics").glob("*.yaml")}
    assert set(Topics.under("")) <= declared


@pytest.mark.parametrize("prefix", ["", "argus.", "g2-"])
def test_the_prefix_begins_every_name(prefix):
    assert all(name.startswith(prefix) for name in Topics.under(prefix))


def test_the_key_is_project_and_fingerprint():
    assert key_of("shop", "v1:aa") == b"shop:v1:aa"


@given(HEADERS, st.none() | st.binary(max_size=2000), st.none() | st.binary(max_size=2000))
def test_a_letter_can_be_read_again_whatever_its_record_was(headers, key, value):
    written = letter_of("in", LETTER, Record(headers=tuple(headers), key=key, value=value))
    assert letters.read(written.headers) == structs.replace(LETTER, time=NOW)
    assert (written.topic, written.value) == ("in", value or b"")
    assert told_by(written) == ("normalize", "truncated")
    assert set(headers) - {each for each in headers if each[0].startswith("argus-")} <= set(written.headers)


@given(st.text(), st.text(), st.text(min_size=1))
def test_any_text_can_be_in_a_letter(project, detail, reason):
    letter = Letter(stage="group", reason=reason, detail=detail, project=project, origins=LETTER.origins)
    written = letter_of("in", letter, Record())
    again = letters.read(written.headers)
    assert again.origins == letter.origins
    assert again.detail == detail[: letters.TEXT].encode("utf-8", "replace").decode()


def test_no_record_of_the_ledger_is_larger_than_a_quarter_of_a_megabyte():
    entries = [Entry("shop", "counted", f"reason {number % 7}", number * 3, number % 5) for number in range(60_000)]
    written = ledger_of(Topics.under(""), "group", "t", 0, "v1", entries)
    assert len(written) > 1
    assert all(len(record.value) <= LIMIT for record in written)
    assert {record.key for record in written} == {b"group:0"}


def test_nothing_to_tell_is_no_record():
    assert ledger_of(Topics.under(""), "group", "t", 0, "v1", []) == []


def test_a_letter_is_no_larger_than_its_record_may_be():
    origins = tuple(Origin("t" * 22, 63, 2**60, index) for index in range(10_000))
    letter = msgspec.structs.replace(LETTER, origins=origins, project="p" * 9_000_000)
    written = letter_of("in", letter, Record(value=b"x" * letters.WHOLE_BYTES, headers=()))
    assert len(written.value) + sum(len(name) + len(text) for name, text in written.headers) < 8 * 1024 * 1024 - 4096


def test_what_is_mirrored_dies_where_records_of_this_region_do():
    names = Topics.under("argus.", "argus.v2.")
    for topic in names.mirrored():
        assert names.dead(f"eu.{topic}") == names.dead(topic)
    assert names.dead("eu.sentry-raw") == "eu.sentry-raw.dlq"
