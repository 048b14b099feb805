"""Repairs that are known of the shop."""

import json

SCOPE = "/shop.html"


def repair(locator, healed, **fields):
    """One entry of the file that the plugins read."""
    told = {"locator": locator, "scope": SCOPE, "failure": "not_found", "healed": healed, "verdict": "apply"}
    return told | {"confidence": 0.95, "source": "pattern", "reason": "worked 40 times", "decision_id": "d-1"} | fields


def written(path, *entries):
    """The file with these repairs."""
    path.write_text(json.dumps({"project": "shop", "repairs": entries}))
    return path
