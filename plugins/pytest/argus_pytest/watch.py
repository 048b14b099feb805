"""One test that is watched: which of its locators broke, and what was done about it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from argus_pytest.chains import Chain
from argus_pytest.elements import Element, Elements
from argus_pytest.patches import Edit
from argus_pytest.places import Place
from argus_pytest.repairs import Kind, Mode, Repair, Repairs
from argus_pytest.reports import Report, identity, plain
from argus_pytest.scopes import scope_of


class Run(NamedTuple):
    """What all tests of a run have in common."""

    root: Path
    run: str  # which it is, the same for a test that is tried again in it
    mode: Mode
    repairs: Repairs
    elements: Elements
    report: Report
    missing: Path | None = None  # file of known repairs that is not there
    release: str | None = None
    commit: str | None = None


class Trouble(NamedTuple):
    """A locator that found nothing, or too much."""

    kind: Kind
    chain: Chain
    locator: str  # as people write it
    scope: str
    url: str
    place: Place | None
    error: Exception


class Heal(NamedTuple):
    """A repair that the test went on with, or could not go on with."""

    trouble: Trouble
    repair: Repair
    worked: bool


@dataclass
class Watch:
    """What became of the locators of one test."""

    run: Run
    test: str
    component: str | None = None  # what locators are looked for in, where that is no page
    heals: list[Heal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)  # the lines that what worked would change

    def scope(self, url: str) -> str:
        """Page or component."""
        return scope_of(url) if self.component is None else self.component

    def repair(self, trouble: Trouble) -> Repair | None:
        """The repair that may be tried for it, if any."""
        return self.run.repairs.find(trouble.chain, trouble.scope, trouble.kind, self.run.mode)

    def tried(self, trouble: Trouble, repair: Repair, *, worked: bool) -> None:
        """A repair was tried; whether the test went on with it."""
        self.heals.append(Heal(trouble, repair, worked))

    def left(self, repair: Repair, why: str) -> None:
        """A repair was not tried, or is not sure to be wrong."""
        self.notes.append(f"{repair.healed} was not used: {why}")

    def failed(self, trouble: Trouble, dom: str | None) -> None:
        """The locator stays broken."""
        place, run = trouble.place, self.run
        file, line = (self.file(place), place.line) if place else (None, None)
        vendor_id = identity(run.run, self.test, trouble.locator, trouble.scope, trouble.kind, line)
        told = {
            "test": self.test, "framework": "pytest", "status": "error", "file": file, "line": line,
            "type": type(trouble.error).__name__, "message": plain(str(trouble.error)), "url": trouble.url or None,
            "release": run.release, "commit": run.commit, "occurred_at": int(time.time() * 1000),
            "vendor_id": vendor_id, "failure": trouble.kind, "locator": trouble.locator, "scope": trouble.scope,
            "dom": dom, "element": run.elements.last(trouble.scope, trouble.locator),
        }  # fmt: skip
        run.report.add("failure", told)

    def found(self, scope: str, locator: str, look: Callable[[], Element | None]) -> None:
        """A locator works; the page is looked at where that is news."""
        if self.run.elements.lacks(scope, locator):
            element = look()
            if element is not None:
                self.run.elements.note(scope, locator, element)

    def close(self, *, passed: bool) -> None:
        """Tell what came of the repairs, now that the test is over.

        Of a heal after which the test failed nothing is told: the repair may have been wrong, and so may the product.
        """
        for heal in self.heals:
            if passed or not heal.worked:
                self.run.report.add("outcome", self._outcome(heal))
                self.edits += self._edit(heal)
            else:
                self.notes.append(f"not told, as the test failed afterwards: {heal.repair.healed}")

    def file(self, place: Place) -> str:
        """A file as people name it: from the root of the tests."""
        path = Path(place.file)
        return path.relative_to(self.run.root).as_posix() if path.is_relative_to(self.run.root) else path.as_posix()

    def _edit(self, heal: Heal) -> list[Edit]:
        place = heal.trouble.place
        if place is None or not heal.worked:
            return []
        return [Edit(self.file(place), place.line, heal.trouble.locator, heal.repair.healed)]

    def _outcome(self, heal: Heal) -> dict[str, Any]:
        run, trouble, repair = self.run, heal.trouble, heal.repair
        parts = (run.run, self.test, repair.locator, repair.scope, repair.failure, repair.healed, heal.worked)
        return {
            "project": run.repairs.project, "outcome_id": identity(*parts), "locator": repair.locator,
            "healed": repair.healed, "worked": heal.worked, "scope": repair.scope, "failure": repair.failure,
            "test": self.test, "file": self.file(trouble.place) if trouble.place else None,
            "decision_id": repair.decision_id, "release": run.release, "by": "pytest",
            "at": int(time.time() * 1000),
        }  # fmt: skip
