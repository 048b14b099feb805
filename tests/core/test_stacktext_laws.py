"""What holds for every trace and for any text: bounds, linear work, no error."""

import sys

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
