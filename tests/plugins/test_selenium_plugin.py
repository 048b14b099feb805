"""A driver with Selenium's methods over a page that is text: which elements are there, and whether they can be used."""

import sys
from types import ModuleType, SimpleNamespace

import pytest
from argus_pytest.elements import Elements
from argus_pytest.repairs import load
from argus_pytest.reports import Report
from argus_pytest.selenium import Driver
from argus_pytest.watch import Run, Watch
from repairs import repair, written
from told import told


class WebDriverException(Exception):  # noqa: N818 - Selenium's own name
    pass


class NoSuchElementException(WebDriverException):
    pass


class FakeDriver:
    """As Selenium's: the first of several is found, and what is not there raises."""

    current_url = "http://shop.example/shop.html?page=1"
    title = "Shop"

    def __init__(self, elements, state="complete"):
        self._elements, self._state = elements, state

    def find_elements(self, by, value):
        return [each for each in self._elements if (by, value) in each.names]

    def find_element(self, by, value):
        found = self.find_elements(by, value)
        if not found:
            raise NoSuchElementException(f"no such element: {by} {value}")
        return found[0]

    def execute_script(self, script, *arguments):
        if "readyState" in script and not arguments:
            return self._state
        return {"tag": "button"} if isinstance(arguments[0], list) else "<html></html>"


def element(*names, displayed=True, enabled=True):
    return SimpleNamespace(names=names, is_displayed=lambda: displayed, is_enabled=lambda: enabled)


@pytest.fixture
def watch(tmp_path, monkeypatch):
    exceptions = ModuleType("selenium.common.exceptions")
    exceptions.WebDriverException = WebDriverException
    for name in ("selenium", "selenium.common"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "selenium.common.exceptions", exceptions)
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
