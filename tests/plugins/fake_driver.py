"""A driver with Selenium's methods over a page that is a list of elements."""

from types import SimpleNamespace


class By:
    ID = "id"
    NAME = "name"


class NoSuchElementException(Exception):  # noqa: N818 - Selenium's own name
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
