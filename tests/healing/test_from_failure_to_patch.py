"""What a test runner wrote down becomes a decision, an export that it can use, and a patch; its outcome teaches."""

import json

import pytest
from commands import argus
from repairing import Deployment

PAGE = '<main><form id="order"><button id="pay-now" data-cy="pay" type="submit">Pay</button></form></main>'
WAS = {
    "tag": "button", "id": "pay", "xpath": "/html/body/main/form/button", "visibleText": ["Pay"], "role": "button",
    "label": "Pay", "attributes": {"type": "submit"}, "landmark": 'form "order"',
}  # fmt: skip
FAILURE = {
    "test": "checkout pays", "framework": "cypress", "status": "failed", "file": "e2e/checkout.cy.ts", "line": 1,
    "failure": "not_found", "locator": "cy.get('#pay')", "scope": "/checkout", "dom": PAGE, "element": WAS,
}  # fmt: skip


@pytest.mark.kafka
@pytest.mark.postgres
def test_a_failure_with_its_page_becomes_a_patch_and_a_failed_try_takes_it_back(kafka, postgres_url, tmp_path):
    here = Deployment(kafka, postgres_url, tmp_path / "workers.log")
    checkout = tmp_path / "checkout" / "e2e" / "checkout.cy.ts"
    checkout.parent.mkdir(parents=True)
    checkout.write_text("cy.get('#pay').click()\n")

    def told(*lines):
        (tmp_path / "told.ndjson").write_text("\n".join(map(json.dumps, lines)))
        done = run("submit", "--project", "shop", str(tmp_path / "told.ndjson"))
        assert done.exit_code == 0, done.output
        for role in ("heal", "store"):
            here.caught_up(role)

    def run(*arguments):
        return argus("heal", *arguments, **here.environment)

    told({"failure": FAILURE})
    (repair,) = json.loads(run("export", "--project", "shop").stdout)["repairs"]
    assert (repair["verdict"], repair["source"], repair["healed"]) == (
        "apply",
        "similarity",
        "cy.get('[data-cy=\"pay\"]')",
    )
    diff = run("report", "--project", "shop", "--diff", str(tmp_path / "checkout")).stdout
    assert diff.endswith("\n-cy.get('#pay').click()\n+cy.get('[data-cy=\"pay\"]').click()\n")
    outcome = {name: repair[name] for name in ("locator", "healed", "scope", "failure", "decision_id")}
    told({"outcome": {**outcome, "project": "shop", "outcome_id": "o1", "worked": False}})
    assert json.loads(run("export", "--project", "shop").stdout)["repairs"] == []
    (pattern,) = map(json.loads, run("list", "--project", "shop", "--json").stdout.splitlines())
    assert (pattern["standing"], pattern["source"], pattern["failures"]) == ("suppressed", "similarity", 1)
    assert run("report", "--project", "shop").stdout == "# Repair 0 broken locators\n"
