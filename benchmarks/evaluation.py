"""The evaluation set in ``benchmarks/analysis``: cases, recorded answers, and what is made of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from argus_streams.core.analysis.analyst import Explained, explain
from argus_streams.core.analysis.answer import Checked, agree, checked
from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.evidence import Named, same
from argus_streams.core.analysis.instructions import INSTRUCTIONS, Instruction
from argus_streams.core.analysis.merging import Doubtful, Propose, pairs
from argus_streams.core.analysis.private import Redactor
from argus_streams.core.analysis.prompt import by_subject, prompt, section
from argus_streams.core.analysis.registry import Registry, Task
from argus_streams.core.scrub import scrubber

FOLDER = Path(__file__).parent / "analysis"
NOW = 1_800_000_000_000  # ms, of the cases that tell no time
_NAMES = ("file", "commit", "service", "release")
_GROUP = {
    "project": "shop", "algorithm": "v1:0", "version": [1, 1], "kind": "error", "severity": "error", "status": "open",
    "first_seen": NOW - 3_600_000, "last_seen": NOW, "sources": {}, "hours": {},
}  # fmt: skip
_INCIDENT = {
    "project": "shop", "version": [1, 1], "status": "open", "opened_at": NOW - 3_600_000, "last_at": NOW,
}  # fmt: skip

_DECISION = {
    "project": "shop", "decision_id": "d", "failure_id": "f", "verdict": "ask", "reason": "two_alike",
    "detail": "Two elements are as likely.", "failure": "not_found", "at": NOW,
}  # fmt: skip


class Case(NamedTuple):
    """A dossier, and what a good answer says of it."""

    name: str
    task: Task
    expected: Mapping[str, Any]
    dossier: Dossier


class Recording(NamedTuple):
    """What a model answered to one version of a prompt."""

    path: Path
    version: str
    model: str
    instruction: str  # digest of what it was told to do
    answers: Mapping[str, Mapping[str, Any]]  # by case


class Outcome(NamedTuple):
    """One recorded answer, looked at."""

    case: Case
    right: bool
    doubted: bool
    agrees: bool | None


def cases(folder: Path = FOLDER) -> list[Case]:
    """All of them."""
    return [_case(path) for path in sorted((folder / "dossiers").glob("*.json"))]


def recordings(folder: Path = FOLDER) -> list[Recording]:
    """All of them, whatever version they are of."""
    return [_recording(path) for path in sorted((folder / "answers").glob("*/*.json"))]


def digest(instruction: Instruction) -> str:
    """Of all that a model is told to do, the shape's descriptions among it."""
    told = json.dumps([instruction.system, instruction.shape.model_json_schema()], sort_keys=True)
    return blake2b(told.encode(), digest_size=8).hexdigest()


def complaints(registry: Registry, known: Sequence[Recording], every: Sequence[Case]) -> Iterator[str]:
    """What has no answers that may be relied on: a version, a model, a case."""
    by_key = {(each.version, each.model): each for each in known}
    for task, tier in asked(registry):
        instruction = INSTRUCTIONS[task]
        for model in dict.fromkeys(canonical(place.model) for place in registry.tiers[tier].ladder):
            recording = by_key.get((instruction.version, model))
            if recording is None:
                yield f"no answers of {model} to {instruction.version} ({digest(instruction)}) are recorded"
                continue
            if recording.instruction != digest(instruction):
                told = f"{recording.instruction}, which is now {digest(instruction)}"
                yield f"{model} answered {instruction.version} as {told}: a changed prompt is a new version"
            missing = [case.name for case in every if case.task == task and case.name not in recording.answers]
            if missing:
                yield f"{model} has no answer to {instruction.version} about {', '.join(missing)}"


def asked(registry: Registry) -> list[tuple[Task, str]]:
    """Each task with each tier that it may be asked of."""
    tiers: list[tuple[Task, str]] = [(task, registry.tasks[task].tier) for task in INSTRUCTIONS]
    return [*tiers, *([("incident", "large")] if ("incident", "large") not in tiers else [])]


def canonical(model: str) -> str:
    """A model's id at Anthropic, whichever provider's spelling is given."""
    return model.rpartition("anthropic.")[2].replace("@", "-")


def outcomes(recording: Recording, every: Sequence[Case], registry: Registry) -> Iterator[Outcome]:
    """Each recorded answer as the product would take it. Raises ``ValueError`` for one that is not of its shape."""
    for case in every:
        if INSTRUCTIONS[case.task].version == recording.version and case.name in recording.answers:
            yield _outcome(case, recording.answers[case.name], registry)


def taken(case: Case, answer: Mapping[str, Any], registry: Registry) -> Any:
    """The answer in its shape, by the same way as one that came from a provider."""
    each = section(case.dossier, case.task, registry=registry, redactor=Redactor(scrubber()))
    asked = prompt([each])
    if asked.size() > registry.tasks[case.task].max_input_bytes:
        raise ValueError(f"the question about {case.name} is too long")
    return by_subject(asked.shape.model_validate({"answers": [{"subject": each.name, **answer}]}), [each])[each.subject]


def rules(case: Case) -> bool:
    """Whether rules alone find what is expected: one of the names, or of a pair that they do not join what is apart."""
    if case.task == "repair":  # they asked because they do not know
        return True
    if case.task == "merge":
        return _pair(case)
    found = explain(case.dossier)
    kind = next(fact.value for fact in found.facts if fact.name == "kind")
    names = list(_expected(case))
    return any(same(each, name) for each in names for name in found.named) if names else kind == case.expected["kind"]


def judged(case: Case, answer: Mapping[str, Any], registry: Registry) -> tuple[Checked, Explained]:
    """What the product would show of an answer."""
    explained = explain(case.dossier)
    return checked(taken(case, answer, registry), case.dossier, explained), explained


def _outcome(case: Case, answer: Mapping[str, Any], registry: Registry) -> Outcome:
    finding = taken(case, answer, registry)
    if case.task == "repair":
        return Outcome(case, finding.element == case.expected["element"], finding.element is None, None)
    if case.task == "merge":
        return Outcome(case, finding.verdict == case.expected["verdict"], finding.verdict == "unsure", None)
    explained = explain(case.dossier)
    done = checked(finding, case.dossier, explained)
    named = [Named(claim.kind, claim.value) for claim in done.claims]
    right = finding.kind == case.expected["kind"] and all(any(same(a, b) for b in named) for a in _expected(case))
    return Outcome(case, right, bool(done.doubt), agree(named, explained.named))


def _expected(case: Case) -> Iterator[Named]:
    for kind in _NAMES:
        if kind in case.expected:
            yield Named(kind, case.expected[kind])  # type: ignore[arg-type] # a ClaimKind each


def _pair(case: Case) -> bool:
    one, other = case.dossier.groups
    found = pairs(msgspec.structs.replace(case.dossier, groups=(one,), candidates=(other,)))
    if case.expected["verdict"] == "same":
        return bool(found) and isinstance(found[0], Propose | Doubtful)
    return not any(isinstance(each, Propose) for each in found)


def _case(path: Path) -> Case:
    written = json.loads(path.read_text("utf-8"))
    told = written["dossier"]
    incident = told.get("incident") and _INCIDENT | {"incident": told["subject"]} | told["incident"]
    dossier = {
        "project": "shop",
        "subject": told["subject"],
        "kind": written["task"] if written["task"] in ("merge", "repair") else "incident" if incident else "group",
        "incident": incident or None,
        "groups": [_GROUP | group for group in told.get("groups", ())],
        "events": list(_events(told.get("events", ()))),
        "others": list(_events(told.get("others", ()))),
        "repair": told.get("repair") and _repair(told["repair"]),
        "similar": [{"group": _GROUP | each["group"]} for each in told.get("similar", ())],
    }
    return Case(path.stem, written["task"], written["expected"], msgspec.convert(dossier, Dossier))


def _repair(written: Mapping[str, Any]) -> dict[str, Any]:
    proposals = [{"source": "similarity", "confidence": 0.5} | each for each in written["proposals"]]
    decision = _DECISION | written["decision"] | {"proposals": proposals}
    return {"decision": decision, "message": written["message"], "target": written.get("target")}


def _events(written: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for place, each in enumerate(written):
        for number in range(each["times"]):
            event = {"project": "shop", "source": "sentry", "event_id": f"{place}-{number}", "received_at": NOW}
            yield {
                "project": "shop",
                "fingerprint": each["fingerprint"],
                "reason": "all",
                "event": event | {"origin": ["t", 0, place * 1000 + number, 0]} | each["event"],
            }


def _recording(path: Path) -> Recording:
    written = json.loads(path.read_text("utf-8"))
    return Recording(path, path.parent.name, path.stem, written["instruction"], written["answers"])
