"""Times as people name them."""

import click
import pytest
from commands import argus

from argus_streams.cli.command import moment


def read(told):
    return moment(click.Context(click.Command("any")), click.Option(["--from"]), told)


@pytest.mark.parametrize("told", ["1970-01-01", "0001-01-01", "0001-01-01T00:00+23:00", "999999d"])
def test_what_lies_before_all_records_is_their_beginning(told):
    assert read(told) == 0


@pytest.mark.parametrize("told", ["now", "-5h", "2026-11-27T25:00", "", "٣h"])
def test_what_is_no_time_is_refused(told):
    with pytest.raises(click.BadParameter, match="neither like"):
        read(told)


def test_an_audit_of_nothing_is_no_proof():
    done = argus("audit", "--from", "1h", "--to", "2h")
    assert (done.exit_code, "--to is not later than --from" in done.stderr) == (2, True)
