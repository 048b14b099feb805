"""Groups as a person reads them, on terminals of several widths."""

import io

import pytest
import stored_rows as rows
from rich.console import Console

from argus_streams import asking, console
from argus_streams.core.grouping.families import families

TITLE = "TypeError: Cannot read properties of undefined (reading 'price')"
LATELY = dict.fromkeys(("v1:9f2c",), [1] * console.HOURS)


def printed(what, width=120):
    out = Console(file=io.StringIO(), width=width)
    out.print(what)
    return out.file.getvalue()


@pytest.mark.parametrize(("width", "shown"), [(80, 16), (100, 28), (120, 40), (140, 40), (160, 60)])
def test_a_problem_has_room_beside_its_bars_and_senders(width, shown):
    group = rows.a_group(title=TITLE, sources={"alertmanager": 1, "datadog": 1, "sentry": 1}, status="regressed")
    listed = printed(console.groups_table([group], LATELY, "1 group", width), width)
    assert TITLE[:shown] in listed
    assert max(map(len, listed.splitlines())) <= width


OBEYED = "\x1b[31mred\x1b]0;title\x07 \x9b2J \x7f \u202egnirts"


def test_nothing_that_a_sender_wrote_is_obeyed_by_the_terminal():
    group = rows.a_group(title=OBEYED, sources={OBEYED: 1}, culprit=OBEYED, parts=((OBEYED, OBEYED),))
    page = printed(
        console.group_page(group, [rows.a_kept(message=OBEYED, exceptions=(), release=OBEYED, link=OBEYED)], 0), 400
    )
    page += printed(console.groups_table([group], LATELY, "1 group", 400), 400)
    assert not set(page) & set("\x1b\x07\x9b\x7f\u202e")
    assert "␛[31mred␛]0;title␇" in page


def test_a_group_tells_who_set_its_status_and_when():
    page = printed(console.group_page(rows.a_group(status="resolved", status_by="mira", status_at=1_000), (), 0))
    assert "resolved by mira since 1970-01-01 00:00:01" in page
    assert printed(console.group_page(rows.a_group(status="open"), (), 0)).count(" since ") == 0


def test_a_group_tells_of_redeliveries_and_endings_where_there_were_any():
    plain = printed(console.group_page(rows.a_group(), (), 0))
    assert "redelivered" not in plain
    assert "told as ended" not in plain
    told = printed(console.group_page(rows.a_group(duplicates=2, closed=3), (), 0))
    assert "2 redelivered, 3 times told as ended" in told


def test_a_group_leads_to_where_its_vendor_shows_it():
    kept = rows.a_kept(link="https://sentry.example.com/issues/7/")
    assert "link  https://sentry.example.com/issues/7/" in printed(console.group_page(rows.a_group(), [kept], 0))


def test_what_senders_wrote_is_no_markup_and_no_time_is_too_late_to_be_shown():
    kept = rows.a_kept(release="[/x]")
    page = printed(console.group_page(rows.a_group(last_seen=2**62, title="[/x]"), [kept], 0))
    assert "[/x]" in page
    assert "9999-12-31 23:59:59" in page


def test_a_list_that_is_as_long_as_was_asked_for_says_that_there_may_be_more(capsys):
    asking.show_groups(families([rows.a_group()]), limit=1)
    assert "the latest 1 group, of more perhaps (--limit)" in capsys.readouterr().out
    asking.show_groups(families([rows.a_group()]), limit=2)
    assert "1 group, the latest first" in capsys.readouterr().out
