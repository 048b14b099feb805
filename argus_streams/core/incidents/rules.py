"""By which rules signals belong together: data that people write, as YAML or otherwise."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from argus_streams.core.events import SignalKind

# What a signal is to the rules; "symptom" in a rule stands for the first four.
Role = Literal["error", "alert", "ci", "failed_deploy", "deploy", "push", "merge"]
SYMPTOMS: tuple[Role, ...] = ("error", "alert", "ci", "failed_deploy")
CHANGES: tuple[Role, ...] = ("deploy", "push", "merge")
Party = Role | Literal["symptom"]
# What two signals may share. Some are looked for differently in the two: a `file` was changed by the one and is in the
# other's stack; a `callee` is the one's service, which the other was calling when it failed, `upstream` a service that
# it calls at all. A `new_flag` is a feature flag that nobody had an hour before.
Shared = Literal[
    "service", "environment", "release", "repository", "branch", "commit", "trace", "session", "flag", "new_flag",
    "peer", "type", "culprit", "frame", "file", "callee", "upstream",
]  # fmt: skip
Duration = Annotated[str, Meta(pattern=r"^[1-9]\d{0,5}(ms|s|m|h|d)$", description="30s, 10m, 6h, 1d")]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0, le=1000)]

_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two signals that share something within a window belong together, with this certainty."""

    one: Annotated[tuple[Party, ...], Meta(min_length=1)]  # what brings about, or comes first
    other: Annotated[tuple[Party, ...], Meta(min_length=1)]
    share: Annotated[tuple[Shared, ...], Meta(min_length=1)]  # all of it; the first one should be the rarest
    window: Duration
    score: Share
    fade: Share = 1.0  # what is left of the score at the window's end
    order: Literal["after", "any"] = "after"  # whether the other has to come after the one
    kinds: tuple[SignalKind, ...] = ()  # of the other; none = any
    lacks: tuple[Shared, ...] = ()  # what the other may not tell
    differ: tuple[Shared, ...] = ()  # in what the two may not be the same
    hides: bool = False  # while the one fires, nobody need look at the other


class Patch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule of the same name, changed here and there; a new one has to be whole."""

    one: Annotated[tuple[Party, ...], Meta(min_length=1)] | UnsetType = UNSET
    other: Annotated[tuple[Party, ...], Meta(min_length=1)] | UnsetType = UNSET
    share: Annotated[tuple[Shared, ...], Meta(min_length=1)] | UnsetType = UNSET
    window: Duration | UnsetType = UNSET
    score: Share | UnsetType = UNSET
    fade: Share | UnsetType = UNSET
    order: Literal["after", "any"] | UnsetType = UNSET
    kinds: tuple[SignalKind, ...] | UnsetType = UNSET
    lacks: tuple[Shared, ...] | UnsetType = UNSET
    differ: tuple[Shared, ...] | UnsetType = UNSET
    hides: bool | UnsetType = UNSET


class Rules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that decides on incidents of a project."""

    lateness: Duration  # how much later than its neighbours a signal may arrive and be looked at as they were
    quiet: Duration  # without a signal, after which an incident is over
    reopen: dict[Role, Duration]  # for how long after its end an incident opens again when a subject signals again
    threshold: Share  # from which score on two signals are joined
    certain: Share  # from which on they are even where either has a better link
    opens: Positive  # evidence, in nats, from which on an incident opens
    habitual: Positive  # as often a day or so a subject may signal and still be news
    strong: Share  # a single spike opens one where a cause has at least this score
    weights: dict[Role, Annotated[float, Meta(ge=0, le=1000)]]  # of symptoms
    rules: dict[str, Rule]
    services: dict[str, tuple[str, ...]] = {}  # what each calls


class Overrides(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What differs from the rules that come with the program."""

    lateness: Duration | UnsetType = UNSET
    quiet: Duration | UnsetType = UNSET
    reopen: dict[Role, Duration] = {}
    threshold: Share | UnsetType = UNSET
    certain: Share | UnsetType = UNSET
    opens: Positive | UnsetType = UNSET
    habitual: Positive | UnsetType = UNSET
    strong: Share | UnsetType = UNSET
    weights: dict[Role, Annotated[float, Meta(ge=0, le=1000)]] = {}
    rules: dict[str, Patch | bool] = {}  # false, which YAML also calls off: without this rule
    services: dict[str, tuple[str, ...]] = {}


class OverridesFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people write: for all projects, and for some."""

    all: Overrides = Overrides()
    projects: dict[str, Overrides] = {}


class Incomplete(ValueError):  # noqa: N818 - what the rule is
    """A rule that nobody knows lacks what a new one has to have."""

    def __init__(self, rule: str, lacking: tuple[str, ...]) -> None:
        super().__init__(f"no rule {rule!r} to change; a new one needs {', '.join(lacking)} too")
        self.rule = rule


def milliseconds(duration: Duration) -> int:
    """A duration as people write it, in ms."""
    number = duration.rstrip("mshd")
    return int(number) * _UNITS[duration.removeprefix(number)]


def overridden(rules: Rules, by: Overrides) -> Rules:
    """The rules as changed. Raises ``Incomplete``."""
    told = {name: value for name, value in structs.asdict(by).items() if value is not UNSET}
    told["reopen"] = {**rules.reopen, **by.reopen}
    told["weights"] = {**rules.weights, **by.weights}
    told["services"] = {**rules.services, **by.services}
    patched = {name: _patched(name, rules.rules.get(name), patch) for name, patch in by.rules.items()}
    told["rules"] = {name: rule for name, rule in {**rules.rules, **patched}.items() if rule is not None}
    return structs.replace(rules, **told)


def parties(named: tuple[Party, ...]) -> tuple[Role, ...]:
    """The roles that are meant, each once."""
    spelt = [SYMPTOMS if name == "symptom" else (name,) for name in named]
    return tuple(dict.fromkeys(role for roles in spelt for role in roles))


def windows(rules: Rules) -> Mapping[Role, int]:
    """How long each role has to be remembered for the rules, in ms."""
    found: dict[Role, int] = dict.fromkeys(get_args(Role), 0)
    for rule in rules.rules.values():
        for role in (*parties(rule.one), *parties(rule.other)):
            found[role] = max(found[role], milliseconds(rule.window))
    return found


def _patched(name: str, rule: Rule | None, patch: Patch | bool) -> Rule | None:  # noqa: FBT001 - as it is written
    if isinstance(patch, bool):
        return rule if patch else None
    told = {field: value for field, value in structs.asdict(patch).items() if value is not UNSET}
    if rule is not None:
        return structs.replace(rule, **told)
    lacking = tuple(field.name for field in structs.fields(Rule) if field.required and field.name not in told)
    if lacking:
        raise Incomplete(name, lacking)
    return Rule(**told)
