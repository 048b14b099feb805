import random

import pytest
from commands import argus

from argus_streams.core import packed
from argus_streams.errors import Malformed
from argus_streams.publishing import Publication, fitting

BODY = Publication("testreports", "shop", {"branch": "main"}, b"<testsuite/>" * 1_000)


def test_a_body_inside_the_limit_is_left_untouched():
    assert fitting(BODY, 12_000) is BODY


def test_a_body_above_the_limit_is_packed_and_says_so():
    sent = fitting(BODY, 11_999)
    assert sent.headers == {"branch": "main", packed.HEADER: "gzip"}
    assert packed.unpacked(sent.value, "gzip", 12_000) == BODY.value


def test_a_body_that_is_packed_already_is_not_packed_again():
    once = fitting(BODY, 10)
    assert fitting(once, 10) == once


def test_what_no_record_has_room_for_is_refused():
    noise = random.Random(1).randbytes(8_000_000)  # noqa: S311 - repeatable, no secret
    with pytest.raises(Malformed, match="too large"):
        fitting(BODY._replace(value=noise), 10)


@pytest.mark.parametrize(("source", "size"), [("argus", 2_000_000), ("testreports", 70_000_000)])
def test_publish_refuses_at_once_what_is_larger_than_its_source_may_send(tmp_path, source, size):
    file = tmp_path / "body"
    file.write_bytes(b" " * size)
    told = ("publish", "--source", source, "--project", "shop", str(file))
    done = argus(*told, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert (done.exit_code, "too large" in done.stderr) == (1, True)


def test_a_broker_that_is_away_is_told_with_its_address(tmp_path):
    file = tmp_path / "body.json"
    file.write_text("{}")
    done = argus("publish", "--source", "argus", "--project", "shop", file, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert (done.exit_code, "Kafka does not answer: 127.0.0.1:1" in done.stderr) == (1, True)
