import json

import pytest
from argus_pytest.chains import read
from argus_pytest.repairs import load
from argus_pytest.scopes import scope_of
from repairs import repair, written

OLD = read("page.locator('#a')")


def test_a_repair_is_found_however_it_is_quoted(tmp_path):
    repairs = load(written(tmp_path / "heals.json", repair('page.locator( "#a" )', 'page.locator("#b")')))
    assert repairs.find(OLD, "/shop.html", "not_found", "apply").healed == 'page.locator("#b")'
    assert repairs.project == "shop"


@pytest.mark.parametrize(
    ("scope", "kind", "mode"),
    [("/other", "not_found", "validate"), ("/shop.html", "ambiguous", "validate"), ("/shop.html", "not_found", "off"),
     ("/shop.html", "not_found", "apply")],
)  # fmt: skip
def test_a_repair_of_another_page_or_failure_or_that_is_not_allowed_is_none(tmp_path, scope, kind, mode):
    told = repair("page.locator('#a')", "page.locator('#b')", verdict="validate")
    assert load(written(tmp_path / "heals.json", told)).find(OLD, scope, kind, mode) is None


def test_the_surest_of_several_repairs_counts(tmp_path):
    several = [
        repair("page.locator('#a')", "page.locator('#b')", verdict="validate", confidence=0.99),
        repair("page.locator('#a')", "page.locator('#c')", confidence=0.91),
        repair("page.locator('#a')", "page.locator('#d')", confidence=0.95),
    ]
    repairs = load(written(tmp_path / "heals.json", *several))
    assert repairs.find(OLD, "/shop.html", "not_found", "validate").healed == "page.locator('#d')"


@pytest.mark.parametrize(
    "entry",
    [
        None, 7, {}, repair("page.locator('#a')", "page.locator('#b')", verdict="ask"),
        repair("cy.get('#a')", "cy.get('#b')"), repair("page.locator('#a')", None),
        repair("page.locator('#a')", "page.locator('#b')", failure="assertion"),
    ],
)  # fmt: skip
def test_an_entry_that_can_not_be_used_is_counted(tmp_path, entry):
    repairs = load(written(tmp_path / "heals.json", entry))
    assert (repairs.known, repairs.unread) == ({}, 1)


@pytest.mark.parametrize("text", ["", "[]", "{", json.dumps({"repairs": {}})])
def test_what_is_no_file_of_repairs_is_refused(tmp_path, text):
    (tmp_path / "heals.json").write_text(text)
    with pytest.raises(ValueError, match=r"\w"):
        load(tmp_path / "heals.json")


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("https://shop.example/orders/17/items?page=2#top", "/orders/*/items"),
        ("https://shop.example/u/123e4567-e89b-12d3-a456-426614174000", "/u/*"),
        ("about:blank", "blank"),
        ("http://[", ""),
    ],
)
def test_a_page_is_its_path_without_ids(url, scope):
    assert scope_of(url) == scope
