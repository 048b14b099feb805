"""Selenium's driver, with known repairs of what ``find_element`` looks for.

What is found is Selenium's own element. Selenium takes the first of several, so only what was not found is repaired.
"""

from typing import Any

from argus_pytest.chains import Call, Chain, written
from argus_pytest.elements import Element
from argus_pytest.places import caller
from argus_pytest.repairs import Repair
from argus_pytest.reports import DOM
from argus_pytest.scripts import quiet, script
from argus_pytest.watch import Trouble, Watch


class Driver:
    """A driver; all but ``find_element`` goes to the one that it stands for, which is ``wrapped``."""

    def __init__(self, real: Any, watch: Watch) -> None:
        self.wrapped, self._watch = real, watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wrapped, name)

    def find_element(self, by: str = "id", value: str | None = None) -> Any:
        """As Selenium's."""
        __tracebackhide__ = True
        chain = (Call("find_element", (by, value)),)
        url = self.wrapped.current_url
        locator, scope = written(chain, "driver"), self._watch.scope(url)
        try:
            found = self.wrapped.find_element(by, value)
        except Exception as error:
            if type(error).__name__ != "NoSuchElementException":
                raise
            trouble = Trouble("not_found", chain, locator, scope, url, caller(), error)
            healed = self._healed(trouble)
            if healed is None:
                self._watch.failed(trouble, quiet(lambda: self._run("snapshot.js", DOM)))
                raise
            return healed
        self._watch.found(scope, locator, lambda: self._look(found))
        return found

    def _healed(self, trouble: Trouble) -> Any:
        """The one element that a known repair finds; looked for once."""
        repair = self._watch.repair(trouble)
        arguments = _arguments(repair.chain) if repair else None
        if repair is None or arguments is None:
            return None
        if self.wrapped.execute_script("return document.readyState") != "complete":
            return self._watch.left(repair, "the page was still loading")
        found = self.wrapped.find_elements(*arguments)
        return self._usable(trouble, repair, found)

    def _usable(self, trouble: Trouble, repair: Repair, found: list[Any]) -> Any:
        if len(found) == 1 and not (found[0].is_displayed() and found[0].is_enabled()):
            return self._watch.left(repair, "it is hidden or disabled")
        self._watch.tried(trouble, repair, worked=len(found) == 1)
        return found[0] if len(found) == 1 else None

    def _look(self, found: Any) -> Element | None:
        return quiet(lambda: self._run("element.js", [found]))

    def _run(self, name: str, argument: Any) -> Any:
        return self.wrapped.execute_script(f"return ({script(name)})(arguments[0])", argument)


def _arguments(chain: Chain) -> tuple[str, str] | None:
    """Strategy and value of a chain that is one look for an element."""
    call = chain[0]
    arguments = call.arguments or ()
    if len(chain) != 1 or call.name != "find_element" or call.options or len(arguments) != 2:  # noqa: PLR2004
        return None
    return str(arguments[0]), str(arguments[1])
