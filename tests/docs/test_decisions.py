"""The records of decisions have one form, and name guards that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
PAGE = 80  # lines
PARTS = ("Decision", "Why", "What we gave up", "Tripwire", "Guard")

every_record = pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)


def test_each_record_has_a_number_of_its_own():
    numbers = [path.name[:4] for path in RECORDS]
    assert len(numbers) == len(set(numbers)) > 5


@every_record
def test_a_record_is_one_page_of_five_parts(path):
    text = path.read_text("utf-8")
    places = [re.search(rf"^(?:#+ |\*\*|\*){part}\b", text, re.MULTILINE) for part in PARTS]
    assert [part for part, place in zip(PARTS, places, strict=True) if place is None] == []
    assert [place.start() for place in places] == sorted(place.start() for place in places)
    assert len(text.splitlines()) <= PAGE


@every_record
def test_a_guard_that_is_named_is_there(path):
    guard = re.split(r"^(?:#+ |\*\*|\*)Guard\b", path.read_text("utf-8"), flags=re.MULTILINE)[1]
    named = re.findall(r"`([\w./-]+\.(?:py|toml|yaml|lock))(?:::[^`]*)?`", guard)
    assert named or "none" in guard.lower()
    assert [name for name in named if not (ROOT / name).exists()] == []
