"""`argus report` against a real Postgres."""

import asyncio

import pytest
import stored_rows as rows
from commands import argus

from argus_streams.adapters.database import open_database
from argus_streams.adapters.postgres import PostgresStore

pytestmark = pytest.mark.postgres

HOSTILE = "<script>alert(1)</script> \x1b[31m [x](javascript:1)"


@pytest.fixture
def run(migrated_url):
    """A command where an incident, its group and their analyses are stored."""
    found = [
        rows.an_incident(title=HOSTILE),
        rows.a_group(title=HOSTILE),
        rows.an_analysis(subject="i-00000000000000a1", kind="incident"),
        rows.an_analysis(),
        rows.a_score(),
    ]

    async def fill():
        async with open_database(migrated_url) as database:
            assert await PostgresStore(database).write(found) == []

    asyncio.run(fill())
    return lambda *arguments: argus("report", *arguments, DATABASE_URL=migrated_url)


def test_an_incident_is_reported_as_markdown_and_kept(run):
    made = run("incident", "i-0000")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("# Incident: &lt;script&gt;")
    assert "USD 0.0090 for 2 by a model" in made.stdout
    assert "\x1b" not in made.output
    report_id = made.stderr.split()[2].rstrip(":")
    assert run("show", report_id).stdout == made.stdout


def test_a_report_is_written_into_files(run, tmp_path):
    html, markdown = tmp_path / "report.html", tmp_path / "report.md"
    made = run("incident", "i-0000", "--html", html, "--markdown", markdown)
    assert (made.exit_code, made.stdout) == (0, ""), made.output
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html.read_text()
    assert "<script" not in html.read_text()
    assert markdown.read_text().startswith("# Incident: ")


def test_a_week_is_reported(run):
    made = run("week", "--project", "shop", "--until", "2025-11-24T00:00")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("# shop, 2025-11-17 to 2025-11-24")
    for told in ("**Occurrences**: 3, of 1 problem", "i-00000000000000a1", "**Quality**: 82.5 of 100", "USD 0.0090"):
        assert told in made.stdout
    later = run("week", "--project", "shop", "--until", "2025-12-24")
    assert "There was no incident" in later.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("incident", "i-none"), "there is no incident"),
        (("week", "--project", "nowhere"), "there is no project"),
        (("show", "r-none"), "there is no report"),
    ],
)
def test_what_is_not_there_is_exit_1(run, arguments, told):
    result = run(*arguments)
    assert (result.exit_code, told in result.stderr) == (1, True)
