"""With ARGUS_LOG_FORMAT=json every line that a process says is one JSON object, however it ends."""

import asyncio
import json
import logging
import re
import signal
import subprocess
import sys
import threading
import uuid

import pytest
from commands import argus, bare, process

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.producer import Outgoing, PlacingProducer

JSON = {"ARGUS_LOG_FORMAT": "json"}
NOBODY = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "ARGUS_HEALTH_PORT": "0", "ARGUS_HEALTH_HOST": "127.0.0.1"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def read(said):
    """The lines of a process, each an object."""
    lines = [json.loads(line) for line in said.splitlines()]
    assert all(TIME.fullmatch(line["time"]) and line["level"] and line["logger"] for line in lines)
    return lines


def until(running, words, seconds=90.0):
    """What is said up to a line with these words."""
    timer = threading.Timer(seconds, running.kill)
    timer.start()
    try:
        said = ""
        for line in running.stderr:
            said += line
            if words in line:
                return said
        raise AssertionError(f"{words!r} was not said, but: {said}")
    finally:
        timer.cancel()


def script(code):
    """What a process says that has configured its logs so, and its exit code."""
    begin = "from argus_streams import logs; logs.configure('INFO', 'json', 'store'); import logging, sys, threading\n"
    done = subprocess.run(  # noqa: S603 - the tests' own script
        [sys.executable, "-c", begin + code], capture_output=True, text=True, check=False, env=bare()
    )
    return read(done.stderr), done.returncode


def test_a_worker_says_its_role_and_ends_in_good_order():
    with process("worker", "normalize", **NOBODY, **JSON) as running:
        said = until(running, "waiting for Kafka")
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
        lines = read(said + running.stderr.read())
    assert {line["role"] for line in lines} == {"normalize"}
    assert {line["level"] for line in lines} == {"INFO", "WARNING"}


@pytest.mark.parametrize(
    ("command", "environment", "named"),
    [
        (("worker", "normalize", "correlate"), {}, "KAFKA_BOOTSTRAP_SERVERS"),
        (("worker", "store"), {"ARGUS_LOG_LEVEL": "loud"}, "ARGUS_LOG_LEVEL"),
        (("topics", "apply"), {}, "KAFKA_BOOTSTRAP_SERVERS"),
    ],
)
def test_a_setting_that_is_wrong_is_told_as_a_line_and_exit_78(command, environment, named):
    with process(*command, **environment, **JSON) as running:
        assert running.wait(60) == 78
        lines = read(running.stderr.read())
    assert [line["level"] for line in lines][-1] == "ERROR"
    assert named in lines[-1]["message"]


def test_a_form_that_there_is_not_is_told_in_words():
    result = argus("worker", "normalize", ARGUS_LOG_FORMAT="xml")
    assert result.exit_code == 78
    assert "ARGUS_LOG_FORMAT" in result.stderr


def test_the_last_line_of_a_worker_that_crashes_is_one_line_with_its_traceback():
    code = "from argus_streams.streaming.worker import die\ntry:\n 1 / 0\nexcept ZeroDivisionError as e: die(e)"
    (line,), exit_code = script(code)
    assert (exit_code, line["message"], line["level"]) == (70, "ending: division by zero", "CRITICAL")
    assert "ZeroDivisionError" in line["exception"]
    assert "\n" in line["exception"]


EVERYTHING = r"""
threading.Thread(target=lambda: 1 / 0).start()
for thread in threading.enumerate()[1:]: thread.join()
import warnings; warnings.warn('old')
class A:
    def __del__(self): 1 / 0
A()
say = logging.getLogger('x').error
say('%d of %d', 1)
say('\udc80 \x1b[31m\n \u2028')
say('of', extra={'at': object()})
1 / 0
"""


def test_whatever_goes_wrong_is_a_line():
    lines, exit_code = script(EVERYTHING)
    thread, warning, ignored, words, odd, extra, last = (line["message"] for line in lines)
    assert thread == "a thread ended: division by zero"
    assert "UserWarning: old" in warning
    assert ignored.startswith("Exception ignored in")
    assert (words, odd, extra) == ("%d of %d", "\udc80 \x1b[31m\n \u2028", "of")
    assert (last, exit_code) == ("ending: division by zero", 1)
    assert "ZeroDivisionError" in lines[-1]["exception"]


def test_a_letter_is_told_with_its_place_and_its_senders_trace(kafka):
    environment = {
        **NOBODY, "KAFKA_BOOTSTRAP_SERVERS": kafka, "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.", **JSON
    }  # fmt: skip
    given = with_environment(Settings(), environment)
    topics.apply(given.kafka(), prefix=given.topic_prefix, partitions=1)
    incoming = app.topics_of(given).incoming
    headers = [("ce_source", b"argus"), ("project", b"shop"), ("traceparent", b"00-%b-%b-01" % (b"a" * 32, b"b" * 16))]
    producer = PlacingProducer({**given.kafka(), "logger": logging.getLogger("librdkafka")})
    asyncio.run(producer.write([Outgoing(incoming, None, b"{cut", headers) for _ in range(7)]))
    with process("worker", "normalize", **environment) as running:
        said = until(running, "dead letters")
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
        lines = read(said + running.stderr.read())
    (line,) = [line for line in lines if "letters" in line]
    assert (line["letters"], line["stage"], line["role"]) == (7, "normalize", "normalize")
    assert line["origin"] == {"topic": incoming, "partition": 0, "offset": 0, "index": -1}
    assert (line["trace_id"], line["span_id"]) == ("a" * 32, "b" * 16)
