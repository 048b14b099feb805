"""A report of 50 MB is read in 256 MB: what passed, and what nobody asked for, takes none."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

SIZE = 50_000_000  # bytes
ROOM = 256 * 1024 * 1024  # bytes
NUMBER = "@"
# A character outside of Latin makes each one of a text two bytes.
LONG = f"\u001b[31mExpected: 80, received: 90 \u203a line {NUMBER} of a text that repeats itself\u001b[39m\n"
MOST = 200_000  # tests of a report
READER = """
import pathlib, re, sys
from argus_streams import sources
from argus_streams.core.clip import Limits
from argus_streams.core.events import Origin
from argus_streams.core.normalization import Incoming, Norms, read
from argus_streams.core.scrub import scrubber
norms = Norms(sources=sources.load(), limits=Limits(), scrubber=scrubber())
incoming = Incoming(value=open(sys.argv[1], "rb").read(), headers={"content-encoding": "gzip"}, source="testreports",
                    project="shop", origin=Origin("t", 0, 0), received_at=1_795_166_000_000)
reading = read(incoming, norms)
status = pathlib.Path("/proc/self/status").read_text()  # ru_maxrss would be the parent's, which exec does not reset
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) * 1024
print(peak, reading.outcome, len(reading.failures), reading.reason, [each.title for each in reading.signals], sep="|")
"""


def playwright(number, text, output):
    error = {"message": f"Error: {text}", "stack": f"Error: {text}\n    at /repo/cart.spec.ts:5:7"}
    result = {
        "status": "failed" if text else "passed", "duration": 12, "retry": 0, "startTime": "2026-11-20T09:14:00.000Z",
        "errors": [error] if text else [], "stdout": [{"text": output}], "attachments": [{"body": output}],
        **({"error": error} if text else {}),
    }  # fmt: skip
    test = {"projectName": "chromium", "results": [result], "status": "unexpected" if text else "expected"}
    return {"title": f"test {number}", "id": f"a-{number}", "file": "cart.spec.ts", "line": 4, "tests": [test]}


def jest(number, text, output):
    return {
        "ancestorTitles": ["cart"], "title": f"test {number}", "duration": 3, "failureDetails": [output],
        "status": "failed" if text else "passed", "failureMessages": [f"Error: {text}\n    at x"] if text else [],
    }  # fmt: skip


def pytest_(number, text, output):
    call = {"duration": 0.01, "outcome": "failed" if text else "passed", "stdout": output}
    if text:
        call |= {"crash": {"path": "tests/test_cart.py", "lineno": 8, "message": text}, "longrepr": text}
    return {"nodeid": f"tests/test_cart.py::test_{number}", "lineno": 7, "outcome": call["outcome"], "call": call}


def mocha(number, text, output):
    err = {"message": text, "stack": f"Error: {text}"} if text else {}
    return {
        "title": f"test {number}",
        "fullTitle": f"cart test {number}",
        "currentRetry": 0,
        "err": err,
        "code": output,
    }


def mochawesome(number, text, output):
    return mocha(number, text, output) | {"state": "failed" if text else "passed", "uuid": f"{number}", "isHook": False}


def junit(number, text, output):
    clean = text.replace("\u001b", "")
    return (
        f'<testcase classname="cart" name="test {number}" time="0.1">'
        + (f'<failure message="it failed" type="Error">{clean}</failure>' if text else "")
        + f"<system-out>{output}</system-out></testcase>"
    )


def listed(tests):
    return ",".join(tests)


def sorted_(tests):
    passes = [test for test in tests if '"err": {}' in test]
    failures = [test for test in tests if '"err": {}' not in test]
    return f'{{"stats":{{}},"passes":[{listed(passes)}],"failures":[{listed(failures)}]}}'


FORMATS = {
    "playwright": (playwright, lambda tests: (
        '{"config":{},"suites":[{"title":"cart.spec.ts","specs":[' + listed(tests) + ']}],"stats":{}}'
    )),
    "jest": (jest, lambda tests: '{"testResults":[{"name":"a.js","assertionResults":[' + listed(tests) + "]}]}"),
    "pytest": (pytest_, lambda tests: '{"exitcode":1,"summary":{},"tests":[' + listed(tests) + "]}"),
    "mocha": (mocha, sorted_),
    "mochawesome": (mochawesome, lambda tests: '{"stats":{},"results":[{"tests":[' + listed(tests) + "]}]}"),
    "junit": (junit, lambda tests: f'<testsuites><testsuite name="cart">{"".join(tests)}</testsuite></testsuites>'),
}  # fmt: skip


class Kind(NamedTuple):
    """What a report is full of."""

    each: int  # so many tests, one fails
    length: int  # characters of a failure's text
    output: str  # of each test


KINDS = {
    "mostly passing": Kind(200, 400, ""),
    "many failing": Kind(1, 6_000, ""),
    "huge output": Kind(MOST, 400, "o, " * 1_300_000),
}


def report(name, kind):
    """Each test is the text of one that passes or of one that fails, with a number of its own."""
    make, whole = FORMATS[name]
    each, length, output = KINDS[kind]
    text = (LONG * (1 + length // len(LONG)))[:length]
    failing, passing = (_text(make(NUMBER, told, output)) for told in (text, ""))
    tests, size = [], 0
    while size < SIZE and len(tests) < MOST:
        test = (passing if len(tests) % each else failing).replace(NUMBER, str(len(tests)))
        tests.append(test)
        size += len(test)
    return whole(tests).encode()


def _text(test):
    return test if isinstance(test, str) else json.dumps(test)


def measured(body, folder):
    """How much memory a process had at most that read the body, and what it found."""
    file = Path(folder) / "report.gz"
    file.write_bytes(gzip.compress(body, 1))
    command = [sys.executable, "-c", READER, file]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own text
    peak, outcome, failures, *told = done.stdout.strip().split("|")
    return int(peak), outcome, int(failures), told


WORST, READERS = "many failing", ("playwright", "junit")  # the two, of JSON and of XML, that all formats are read by
CASES = [
    pytest.param(name, kind, marks=() if kind == WORST or name in READERS else pytest.mark.long)
    for name in FORMATS
    for kind in KINDS
]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_report_of_50_mb_is_read_in_256_mb(name, kind, tmp_path):
    body = report(name, kind)
    peak, outcome, failures, told = measured(body, tmp_path)
    assert (outcome, failures > 0) == ("normalised", True), told
    assert len(body) > 0.3 * SIZE
    assert peak < ROOM, f"{peak / 1e6:.0f} MB of {name}, {kind}, {len(body) / 1e6:.0f} MB, {failures} failures"
