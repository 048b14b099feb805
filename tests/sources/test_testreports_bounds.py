"""A report inside its size that is made to take long: it is a letter after a bounded part of it was read."""

import json
import time

import pytest

from argus_streams.core.clip import Limits
from argus_streams.core.events import TestFailure
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources import load
from argus_streams.sources.testreports import jest, junit, mocha, playwright, pytest_json
from argus_streams.sources.testreports.parts import Parts
from argus_streams.sources.testreports.report import About, items

SOURCE = load()["testreports"]
FORMATS = {"jest": jest, "pytest": pytest_json, "mocha": mocha, "mochawesome": mocha, "Playwright": playwright}

JUNIT_SUITE = ("<testsuites><testsuite>", "</testsuite></testsuites>")
CROWDS = {  # what stands before, what is repeated, what stands behind
    "JUnit's suites": ("<testsuites>", "<testsuite/>", "</testsuites>"),
    "JUnit's tests": (JUNIT_SUITE[0], "<testcase/>", JUNIT_SUITE[1]),
    "JUnit's skipped tests": (JUNIT_SUITE[0], "<testcase><skipped/></testcase>", JUNIT_SUITE[1]),
    "JUnit's properties": (JUNIT_SUITE[0], '<property name="branch" value="b"/>', JUNIT_SUITE[1]),
    "JUnit's problems": (f"{JUNIT_SUITE[0]}<testcase>", "<failure/>", f"</testcase>{JUNIT_SUITE[1]}"),
    "elements nobody knows": (JUNIT_SUITE[0], "<a/>", JUNIT_SUITE[1]),
    "jest's files": ('{"testResults":[', "{},", "0]}"),
    "jest's tests": ('{"testResults":[{"assertionResults":[', "0,", "0]}]}"),
    "jest's messages": (
        '{"testResults":[{"assertionResults":[{"status":"passed","failureMessages":[',
        '"",',
        '""]}]}]}',
    ),
    "pytest's tests": ('{"exitcode":0,"summary":{},"tests":[', '{"outcome":"skipped"},', "{}]}"),
    "pytest's collectors": ('{"exitcode":0,"summary":{},"collectors":[', "[],", "0]}"),
    "mocha's tests": ('{"stats":{},"failures":[],"passes":[', "{},", "0]}"),
    "mochawesome's suites": ('{"stats":{},"results":[', "{},", "0]}"),
    "mochawesome's tests": ('{"stats":{},"results":[{"tests":[', "0,", "0]}]}"),
    "Playwright's suites": ('{"config":{},"suites":[', "{},", "0]}"),
    "Playwright's specs": ('{"config":{},"suites":[{"specs":[', "0,", "0]}]}"),
    "Playwright's attempts": ('{"config":{},"suites":[{"specs":[{"tests":[{"results":[', "0,", "0]}]}]}]}"),
}
# At the bound of production one takes a second; that all of them are counted shows at a lower one.
OF_EACH_FORMAT = [name for name in CROWDS if name.endswith(("'s tests", "'s specs"))]


def read(text):
    return SOURCE.read(Body(text.encode(), {}, 0))


def refusal(text):
    with pytest.raises(Malformed) as refused:
        read(text)
    return refused.value.reason


def one(text):
    (failure,) = [item for item in read(text) if isinstance(item, TestFailure)]
    return failure


def suite(cases):
    return f"{JUNIT_SUITE[0]}{cases}{JUNIT_SUITE[1]}"


def reader(name):
    """Of the format that the name begins with."""
    return FORMATS.get(name.partition("'s")[0], junit).read


def crowd(name, times):
    before, unit, behind = CROWDS[name]
    return f"{before}{unit * times}{behind}"


class TestWhatIsTooMany:
    @pytest.mark.parametrize("name", OF_EACH_FORMAT)
    def test_more_parts_than_a_report_may_have_are_one_letter(self, name):
        assert refusal(crowd(name, Limits().parts + 10)) == "too many parts"

    @pytest.mark.parametrize("name", CROWDS)
    def test_a_report_ends_to_be_read_at_its_bound_however_long_it_goes_on(self, name):
        before, unit, behind = CROWDS[name]
        parts = Parts(100)
        value = f"{before}{unit * 50_000}{behind}".encode()
        with pytest.raises(Malformed, match="too many parts"):
            items(reader(name)(value, About(), parts))
        assert parts.read == 101

    @pytest.mark.parametrize("name", CROWDS)
    def test_many_parts_that_a_report_may_have_are_read(self, name):
        assert read(crowd(name, 9_000))

    def test_more_objects_than_a_report_may_have_are_one_letter_wherever_they_are(self):
        assert refusal(f'{{"testResults":[],"x":[{"[]," * 8 * Limits().parts}0]}}') == "too many parts"

    def test_suites_that_are_looked_through_for_each_level_are_one_letter(self):
        suites = [{"x": "a" * 40_000_000}]
        for _ in range(20):
            suites = [{"suites": suites}]
        assert refusal(json.dumps({"config": {}, "suites": suites})) == "nested too deeply"

    def test_halves_of_surrogate_pairs_without_end_are_one_letter(self):
        halves = r"\ud83d" * 200_000
        assert refusal(f'{{"testResults":[{{"name":"{halves}"}}]}}') == "not JSON"

    def test_different_names_without_end_are_one_letter(self):
        assert refusal(suite("".join(f"<a{n}/>" for n in range(100_000)))) == "too many parts"

    def test_a_test_with_many_long_problems_keeps_what_one_may_say(self):
        text = "\U0001f600" + "x" * 200_000
        failure = one(suite(f"<testcase>{f'<failure>{text}</failure>' * 50}</testcase>"))
        assert len(failure.stack) < 300_000

    def test_a_property_that_is_repeated_tells_what_it_told_first(self):
        told = "".join(f'<property name="branch" value="{value}"/>' for value in ("", "main", "next"))
        assert one(suite(f"{told}<testcase><failure/></testcase>")).branch == "main"

    @pytest.mark.parametrize("unit", ["#x1B]", "a", "\n", "\n ", "E  x\n", "Error", "a:", "E  ", "Error\n"])
    def test_a_text_of_anything_is_read_in_linear_time(self, unit):
        def seconds(length):
            text = (unit * length)[:length]
            body = suite(f'<testcase name="a" file="a"><failure>{text}</failure></testcase>')
            start = time.process_time()
            read(body)
            return time.process_time() - start

        assert min(seconds(200_000) for _ in range(3)) < 40 * min(seconds(20_000) for _ in range(3)) + 0.05
