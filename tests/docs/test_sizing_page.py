"""docs/operations/sizing.md prints what the command prints."""

import re

from commands import argus
from parts import ROOT

PAGE = (ROOT / "docs" / "operations" / "sizing.md").read_text("utf-8")


def test_what_plan_is_said_to_print_is_what_it_prints():
    shown = re.findall(r"```console\n\$ argus (plan [^\n]*)\n(.*?)```", PAGE, re.DOTALL)
    assert len(shown) == 2
    for said, printed in shown:
        told = argus(*said.split())
        assert (told.exit_code, told.stdout) == (0, printed), f"argus {said} prints something else now"
