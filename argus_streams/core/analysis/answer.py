"""What is made of a model's answer: plain text, each name held against the evidence, the rules' findings beside it."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from argus_streams.core.analysis.analyst import SUMMARY, TITLE, Explained
from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.evidence import Named, holds, named, same
from argus_streams.core.analysis.kinds import TEXTS
from argus_streams.core.analysis.plain import plain
from argus_streams.core.analysis.shapes import Finding
from argus_streams.core.findings import By, Claim, ClaimKind, Fact

_NAME = 300  # characters
_CLAIMS = 12
_COMPARED: tuple[ClaimKind, ...] = ("commit", "release", "file")
_FILE = re.compile(
    r"(?<![\w/.-])[\w./-]{1,200}\.(?:pyx?|[cm]?[jt]sx?|vue|java|kt|scala|go|rb|php|rs|cs|cc|cpp|hpp|swift|dart|exs?|sql)\b"
)
# Seven letters may be a word ("defaced"): a short commit has a digit, or is called one.
_COMMIT = re.compile(
    r"(?<![\w-])(?:(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}|(?=\d*[a-f])[0-9a-f]{12,40}|(?<=ommit )[0-9a-f]{7,40})"
    r"(?![\w-])"
)


class Checked(Struct, frozen=True, kw_only=True):
    """The parts of an Analysis that tell what was found."""

    by: By
    title: str
    summary: str
    facts: tuple[Fact, ...]
    claims: tuple[Claim, ...] = ()
    doubt: str = ""
    agrees: bool | None = None


def ruled(explained: Explained) -> Checked:
    """The rules' own answer."""
    return Checked(by="rules", title=explained.title, summary=explained.summary, facts=explained.facts)


def checked(finding: Finding | None, dossier: Dossier, explained: Explained) -> Checked:
    """The model's answer, marked down where it names what the evidence does not; the rules' if there is none."""
    if finding is None or not plain(finding.summary, SUMMARY):
        return ruled(explained)
    evidence = named(dossier)
    names = list(dict.fromkeys((*_said(finding), *_mentioned(finding))))[:_CLAIMS]
    claims = tuple(
        Claim(kind=name.kind, value=plain(name.value, _NAME), grounded=holds(evidence, name)) for name in names
    )
    return Checked(
        by="model",
        title=plain(finding.title, TITLE) or explained.title,
        summary=plain(finding.summary, SUMMARY),
        facts=(*(fact for fact in explained.facts if fact.name != "kind"), _kind(finding)),
        claims=claims,
        doubt=_doubt(claims, finding),
        agrees=agree(names, explained.named),
    )


def agree(one: Iterable[Named], other: Iterable[Named]) -> bool | None:
    """Whether both name the same cause; ``None`` = they name nothing that can be compared.

    A service is compared only where one of them names nothing closer: that both name the one that fails says little.
    """
    ours, theirs = tuple(one), tuple(other)
    kinds = [kind for kind in _COMPARED if _of(ours, kind) and _of(theirs, kind)]
    if not kinds and _of(ours, "service") and _of(theirs, "service"):
        kinds = ["service"]
    if not kinds:
        return None
    return any(same(a, b) for kind in kinds for a in _of(ours, kind) for b in _of(theirs, kind))


def _of(names: Iterable[Named], kind: ClaimKind) -> list[Named]:
    return [name for name in names if name.kind == kind]


def _said(finding: Finding) -> Iterator[Named]:
    """What its fields name."""
    fields: tuple[tuple[ClaimKind, str | None], ...] = (
        ("commit", finding.commit), ("release", finding.release), ("file", finding.file), ("service", finding.service)
    )  # fmt: skip
    for kind, value in fields:
        if value and value.strip() and value.strip().lower() not in ("null", "none", "unknown"):
            yield Named(kind, value.strip()[:_NAME])


def _mentioned(finding: Finding) -> Iterator[Named]:
    """What its sentences name besides."""
    said = list(_said(finding))
    for kind, pattern in (("file", _FILE), ("commit", _COMMIT)):
        for text in pattern.findall(f"{finding.title[:1000]}\n{finding.summary[:4000]}"):
            name = Named(kind, text.lstrip("./"))  # type: ignore[arg-type] # a ClaimKind each
            if not any(same(name, each) for each in said):
                said.append(name)
                yield name


def _doubt(claims: Iterable[Claim], finding: Finding) -> str:
    strange = [f"the {claim.kind} {claim.value}" for claim in claims if not claim.grounded]
    if strange:
        many = len(strange) > 1
        return f"It names {' and '.join(strange)}, which {'are' if many else 'is'} not in the evidence."
    return "The model is not sure of it." if finding.confidence == "low" else ""


def _kind(finding: Finding) -> Fact:
    return Fact(
        name="kind", value=finding.kind, text=f"The model takes the cause for {TEXTS[finding.kind]}.", score=0.3
    )
