"""What holds for every trace and for any text: bounds, linear work, no error."""

import itertools
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from traces import JAVA, PYTHON, TRACES

from argus_streams.core.events import ExceptionInfo
from argus_streams.core.stacktext import parse
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, MAX_FRAMES, MAX_LINE


@pytest.mark.parametrize("text", TRACES)
def test_windows_line_ends_change_nothing(text):
    assert parse(text.replace("\n", "\r\n")) == parse(text)


def test_a_runaway_recursion_keeps_the_frames_nearest_to_the_crash():
    calls_ = "".join(f"\tat a.B.c{n}(B.java:{n})\n" for n in range(2_000))
    (only,) = parse(f"a.DeepError: deep\n{calls_}")
    assert (len(only.frames), only.frames[-1].function) == (MAX_FRAMES, "c0")


def test_a_chain_without_end_is_cut():
    assert (
        len(parse("a.E: x\n\tat a.B.c(B.java:1)\n" + "Caused by: a.E: x\n\tat a.B.c(B.java:1)\n" * 200))
        == MAX_EXCEPTIONS
    )


def test_frames_that_are_put_back_are_no_more_than_a_text_has_lines():
    calls_ = "".join(f"\tat a.B.c{n}(B.java:{n})\n" for n in range(MAX_FRAMES))
    found = parse(f"a.E: x\n{calls_}" + "Caused by: a.E: y\n\t... 500 more\n" * 40)
    assert (len(found), sum(len(one.frames) for one in found)) == (MAX_EXCEPTIONS, 2 * MAX_FRAMES)


def test_errors_inside_errors_without_end_are_cut():
    (*_, outermost) = parse("AggregateError: x\n    at f (/a.js:1:2)\n" + "[errors]: [\n  x\n" * 1_900)
    assert outermost.type == "AggregateError"


def test_a_digit_that_is_no_number_is_a_name():
    assert [frame.file for one in parse("E: x\n at f @ ²") for frame in one.frames] == [None]


def test_of_a_text_too_long_both_ends_are_read():
    noise = "x\n" * 200_000
    assert [one.type for one in parse(noise + PYTHON)] == ["ConnectionResetError", "Declined"]
    assert [one.type for one in parse(JAVA + noise)] == ["Db$Gone", "CartException"]


@given(st.sampled_from(TRACES).flatmap(lambda text: st.permutations(text.splitlines(keepends=True))))
def test_shuffled_lines_of_a_trace_never_raise(lines):
    assert all(isinstance(one, ExceptionInfo) for one in parse("".join(lines)))


@given(st.text())
def test_any_text_is_read_without_raising(text):
    assert all(isinstance(one, ExceptionInfo) for one in parse(text))


def steps(text):
    """How many lines of Python code reading takes: a measure that no busy machine changes."""
    counted = 0

    def tracer(_frame, event, _argument):
        nonlocal counted
        counted += event in {"line", "call"}
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        parse(text)
    finally:
        sys.settrace(before)
    return counted


@pytest.mark.parametrize("text", TRACES)
def test_the_work_grows_no_faster_than_the_text(text):
    assert steps(text * 16) <= 4.5 * steps(text * 4)


HOSTILE = (
    "at a",
    "at a (",
    ":1",
    "a@/",
    "@/:1",
    " in ",
    "a.b.",
    " ",
    "\t",
    " [as ",
    "---> ",
    "#0 a(1",
    "x.rb:",
    "(A ",
    "| ",
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hostile_repetition_ends_soon(unit):
    """Quadratic reading of one such line takes a minute; the suite would stand still."""
    line = (unit * MAX_LINE)[: MAX_LINE - 40]
    for hostile in (
        line,
        f"at {line}",
        f"    at f ({line}",
        f"x.rb:1:in `a': {line}",
        f"E: m{line}",
        f'  File "{line}',
    ):
        text = "\n".join([hostile] * 60)
        assert isinstance(parse(f"{text}\n   at A.B.C()"), tuple)


UNITS = (
    *(
        *HOSTILE,
        "a",
        "@",
        "(",
        ")",
        "at ",
        "at at at",
        "#1 ",
        "1",
        "::",
        "a::",
        ".",
        ": ",
        "#0 0x12345 ",
        "(/",
        "[",
        "]",
    ),
    *("a.rb:1:in ", "Error: ", "Error", "aError", "** (A) ", "A (", "(package:a:1", "lib/a.ex:1: ", "0x123456 ", "a  "),
    *(
        "f(+0x1f) [",
        "[object] (A(code: 0): ",
        " at /a:1)",
        "[errors]: [",
        "<---",
        "Caused by: ",
        "\\n",
        '"',
        '\\"',
        "a\\",
    ),
    *("2026-11-20T09:14:00Z ", "pid=1 ", "a | ", "a/", "a//&", "'", "`", "{", "file ", "0  A 0x123456 ", "$", "+"),
)
SIZES = (1_000, 10_000, 100_000, 1_000_000)


def _seconds(line, size):
    """CPU time of reading lines up to a size; the best of several runs, for other work on the machine only adds."""
    text = "\n".join([line] * max(1, size // len(line)))
    best = 9.0
    for turn in range(2):
        start = time.thread_time()
        parse(f"{text}{turn}")  # what was read is remembered
        best = min(best, time.thread_time() - start)
    return best


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("start", ["", "    at f (", "#0  ", "Error: a\n    at f (/a.js:1:2)\n"])
def test_the_time_grows_with_the_text_and_no_faster(start, unit):
    """Ten times the text: linear is 10, quadratic 100; a run that other work has disturbed is made again."""
    line = start + (unit * MAX_LINE)[: MAX_LINE - 60]
    short = line[:960]
    for small, large in itertools.pairwise(SIZES):
        told = short if small == SIZES[0] else line
        assert any(_seconds(line, large) < 40 * max(_seconds(told, small), 0.0005) for _ in range(4))


def test_blank_lines_before_a_trace_cost_no_more_than_lines_with_words():
    def seconds(line):
        return _seconds(f"a{line * 3_980}b\n    at f (/a.js:1:2)", 1)

    assert any(seconds("\n") < 8 * max(seconds("\na"), 0.0005) for _ in range(4))
