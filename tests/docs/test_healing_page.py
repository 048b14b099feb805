"""What the page about healing shows can be pasted."""

import re

import msgspec
import parts

from argus_streams.core.events import TestFailure
from argus_streams.core.healing.case import case_of
from argus_streams.core.repairs import Outcome
from argus_streams.roles.heal import looker
from argus_streams.settings import Settings


class Line(msgspec.Struct, forbid_unknown_fields=True):
    failure: TestFailure | None = None
    outcome: Outcome | None = None


def test_the_lines_that_are_shown_for_submit_can_be_read_and_the_failure_is_healed():
    (shown,) = re.findall(r"```json\n(.*?)```", (parts.ROOT / "docs/healing.md").read_text(), re.DOTALL)
    first, second = (msgspec.json.decode(line, type=Line) for line in shown.splitlines())
    eyes = looker(Settings())
    advice = eyes.at(case_of(first.failure, at=1)).look()
    assert (advice.verdict, advice.healed) == ("apply", second.outcome.healed)
    assert case_of(first.failure, at=1).scope == second.outcome.scope
    without = msgspec.structs.replace(first.failure, element=None)
    assert eyes.at(case_of(without, at=1)).look().verdict == "ask"
