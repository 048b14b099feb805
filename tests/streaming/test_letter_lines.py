"""Dead letters are told of: a line for each stage and reason, however many there are."""

from argus_streams.core.events import Origin
from argus_streams.core.tracing import Context
from argus_streams.streaming.letter_lines import AGAIN_SECONDS, Example, LetterLines

BAD, LARGE = ("normalize", "not JSON"), ("normalize", "too large")
PLACE = Example(Origin("in-id", 3, 17), Context("a" * 32, "b" * 16))


def test_a_line_has_how_many_there_were_and_where_one_of_them_stands(caplog):
    LetterLines(lambda: 0.0).tell(BAD, 12, PLACE, {"in-id": "argus.events.incoming"})
    (line,) = caplog.records
    assert line.getMessage() == (
        "dead letters of normalize for not JSON: 12 since the last line of these, "
        "such as argus.events.incoming/3 at offset 17"
    )
    assert line.origin == {"topic": "argus.events.incoming", "partition": 3, "offset": 17, "index": 0}
    assert (line.trace_id, line.span_id, line.letters) == ("a" * 32, "b" * 16, 12)


def test_each_stage_and_reason_is_told_once_in_a_while_with_all_that_came_since(caplog):
    now = [0.0]
    lines = LetterLines(lambda: now[0])
    for _ in range(41):
        lines.tell(BAD, 5, PLACE, {})
        lines.tell(LARGE, 1, Example(Origin("in-id", 3, 18)), {})
        now[0] += AGAIN_SECONDS / 40
    told = [(line.reason, line.letters) for line in caplog.records]
    assert told == [("not JSON", 5), ("too large", 1), ("not JSON", 200), ("too large", 40)]
    assert "trace_id" not in caplog.records[1].__dict__
