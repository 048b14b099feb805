"""Selenium's `find_element` with known repairs, over a driver that is none."""

import pytest
from argus_pytest.elements import Elements
from argus_pytest.repairs import load
from argus_pytest.reports import Report
from argus_pytest.selenium import Driver
from argus_pytest.watch import Run, Watch
from fake_driver import FakeDriver, NoSuchElementException, element
from repairs import repair, written
from told import told


@pytest.fixture
def watch(tmp_path):
    known = repair('driver.find_element(By.ID, "save")', 'driver.find_element(By.NAME, "store")')
    repairs = load(written(tmp_path / "heals.json", known))
    report = Report(tmp_path / "told.ndjson")
    return Watch(Run(tmp_path, "1", "apply", repairs, Elements(tmp_path / "elements.json"), report), "test_a")


STORE = ("name", "store")


def test_what_is_not_found_is_looked_for_by_a_known_repair(watch, tmp_path):
    store = element(STORE)
    driver = Driver(FakeDriver([store]), watch)
    assert driver.find_element("id", "save") is store
    watch.close(passed=True)
    failures, (outcome,) = told(tmp_path / "told.ndjson")
    assert (failures, outcome["worked"], outcome["scope"]) == ([], True, "/shop.html")
    assert [(edit.locator, edit.healed) for edit in watch.edits] == [
        ('driver.find_element(By.ID, "save")', 'driver.find_element(By.NAME, "store")')
    ]


@pytest.mark.parametrize(
    ("elements", "state", "outcomes"),
    [
        ([element(STORE), element(STORE)], "complete", [False]),
        ([], "complete", [False]),
        ([element(STORE, displayed=False)], "complete", []),
        ([element(STORE, enabled=False)], "complete", []),
        ([element(STORE)], "loading", []),
    ],
)
def test_what_is_not_exactly_one_usable_element_of_a_loaded_page_is_no_heal(watch, tmp_path, elements, state, outcomes):
    with pytest.raises(NoSuchElementException):
        Driver(FakeDriver(elements, state), watch).find_element("id", "save")
    watch.close(passed=False)
    (failure,), tried = told(tmp_path / "told.ndjson")
    assert failure["locator"] == 'driver.find_element(By.ID, "save")'
    assert [outcome["worked"] for outcome in tried] == outcomes


def test_what_is_found_is_the_drivers_own_and_remembered(watch):
    save = element(("id", "save"))
    driver = Driver(FakeDriver([save]), watch)
    assert driver.find_element("id", "save") is save
    assert watch.run.elements.last("/shop.html", 'driver.find_element(By.ID, "save")') == {"tag": "button"}
    assert driver.title == "Shop"
