"""Rows as a turn would store them; a test names what it is about."""

from typing import Any

from argus_streams.core.elements import Element
from argus_streams.core.events import Event, ExceptionInfo, Frame, Origin
from argus_streams.core.findings import Analysis, Cause, Claim, Fact, Incident, Link, Member, Part, Score
from argus_streams.core.messages import DeadLetter, Group, KeptEvent, Version
from argus_streams.core.repairs import HealingDecision, Pattern, Proposal

NOON = 1_763_899_200_000  # 2025-11-23T12:00:00Z
HOUR = NOON // 3_600_000


def a_group(**changes: Any) -> Group:
    fields: dict[str, Any] = {
        "project": "shop",
        "fingerprint": "v1:9f2c",
        "parts": (("type", "TypeError"), ("frame", "cart.add")),
        "algorithm": "v1:none",
        "version": Version(1, 1),
        "kind": "error",
        "severity": "error",
        "status": "open",
        "title": "TypeError: x is undefined",
        "type": "TypeError",
        "count": 3,
        "first_seen": NOON - 1,
        "last_seen": NOON + 123,
        "environments": ("production", "staging"),
        "sources": {"sentry": 2, "rollbar": 1},
        "hours": {HOUR - 1: 1, HOUR: 2},
    }
    return Group(**fields | changes)


def an_event(event_id: str = "e1", **changes: Any) -> Event:
    fields: dict[str, Any] = {
        "event_id": event_id,
        "project": "shop",
        "source": "sentry",
        "type": "TypeError",
        "message": "x is undefined",
        "exceptions": (ExceptionInfo("TypeError", "x is undefined", frames=(Frame("add", "cart", line=7),)),),
        "occurred_at": NOON - 500,
        "received_at": NOON,
        "origin": Origin("t1", 3, 42, 0),
        "tags": {"os": "linux"},
    }
    return Event(**fields | changes)


def a_kept(event_id: str = "e1", **changes: Any) -> KeptEvent:
    fields: dict[str, Any] = {"project": "shop", "fingerprint": "v1:9f2c", "reason": "first"}
    own = {name: changes.pop(name) for name in tuple(changes) if name in fields}
    return KeptEvent(**fields | own, event=an_event(event_id, **changes))


def a_letter(offset: int = 7, **changes: Any) -> DeadLetter:
    fields: dict[str, Any] = {
        "stage": "normalize",
        "reason": "not JSON",
        "detail": "at byte 3",
        "project": "shop",
        "source": "sentry",
        "origin": Origin("t1", 0, offset, 0),
        "size": 12,
        "at": NOON,
    }
    return DeadLetter(**fields | changes)


def an_incident(**changes: Any) -> Incident:
    deploy = Member(signal_id="s1", kind="deploy", subject="web/production", title="web 1.1", at=NOON - 60_000)
    spike = Member(
        signal_id="s2",
        kind="group_spiking",
        subject="v1:9f2c",
        title="TypeError",
        at=NOON,
        of="error",
        severity="error",
    )
    fields: dict[str, Any] = {
        "project": "shop",
        "incident": "i-00000000000000a1",
        "version": Version(1, 1),
        "status": "open",
        "title": "TypeError in web after web 1.1",
        "severity": "error",
        "opened_at": NOON - 60_000,
        "last_at": NOON,
        "services": ("web",),
        "environments": ("production",),
        "groups": ("v1:9f2c",),
        "signals": 2,
        "causes": (
            Cause(
                signal_id="s1",
                kind="deploy",
                subject="web/production",
                title="web 1.1",
                at=NOON - 60_000,
                score=0.9,
                why="It began a minute after web 1.1 went out.",
                release="1.1",
                commit="c0ffee",
                author="ana",
                files=("src/cart.ts",),
            ),
        ),
        "members": (deploy, spike),
        "links": (
            Link(
                rule="after a deploy",
                one="s1",
                other="s2",
                window=1_800_000,
                apart=60_000,
                score=0.9,
                facts={"service": "web"},
            ),
        ),
    }
    return Incident(**fields | changes)


def an_analysis(**changes: Any) -> Analysis:
    fields: dict[str, Any] = {
        "project": "shop",
        "subject": "v1:9f2c",
        "kind": "group",
        "version": Version(1, 1),
        "at": NOON,
        "evidence": "hash-1",
        "by": "model",
        "reason": "answered",
        "title": "Carts without a price",
        "summary": "Release 1.1 reads a price that old carts do not have.",
        "claims": (Claim(kind="file", value="src/cart.ts", grounded=True),),
        "facts": (Fact(name="suspect_frame", value="cart.add", text="It fails in cart.add.", score=0.8),),
        "tier": "middle",
        "provider": "anthropic",
        "model": "a-model",
        "prompt": "p1",
        "agrees": True,
        "tokens": {"input": 900, "output": 120},
        "cost": 4_500_000,
    }
    return Analysis(**fields | changes)


def a_score(**changes: Any) -> Score:
    fields: dict[str, Any] = {
        "project": "shop",
        "score_type": "quality",
        "version": Version(1, 1),
        "at": NOON,
        "value": 82.5,
        "parts": (Part(factor="open groups", value=3.0, weight=2.0, points=17.5, text="3 open errors."),),
    }
    return Score(**fields | changes)


def a_pattern(**changes: Any) -> Pattern:
    fields: dict[str, Any] = {
        "project": "shop",
        "fingerprint": "7c1e0f5a9d2b4e63",
        "locator": "#pay-now",
        "healed": "#pay",
        "scope": "/cart",
        "failure": "not_found",
        "source": "similarity",
        "version": Version(1, 1),
        "standing": "active",
        "reason": "worked 2 of 3 times",
        "successes": 2,
        "failures": 1,
        "confidence": 2 / 3,
        "bound": 0.31,
        "rule": "id:pay-now:pay",
        "tests": ("cart pays", 'cart "keeps"'),
        "first_release": "1.0",
        "last_release": "1.1",
        "created_at": NOON - 60_000,
        "last_used_at": NOON,
        "origin": Origin("t1", 3, 42),
    }
    return Pattern(**fields | changes)


def a_decision(**changes: Any) -> HealingDecision:
    element = Element(tag="button", class_list=("primary",), visible_text=("Pay",), attributes={"type": "submit"})
    fields: dict[str, Any] = {
        "project": "shop",
        "decision_id": "pattern-5e0c2a7f9b1d4c38",
        "failure_id": "f1",
        "verdict": "validate",
        "reason": "pattern",
        "detail": "#pay in its place: worked 2 of 3 times.",
        "test": "cart pays",
        "file": "cart.spec.ts",
        "line": 18,
        "locator": "#pay-now",
        "scope": "/cart",
        "failure": "not_found",
        "healed": "#pay",
        "source": "pattern",
        "confidence": 0.31,
        "pattern": "7c1e0f5a9d2b4e63",
        "proposals": (
            Proposal(healed="#pay", source="pattern", confidence=0.31),
            Proposal(source="similarity", confidence=0.2, element=element),
        ),
        "repository": "example/shop",
        "commit": "c0ffee",
        "release": "1.1",
        "at": NOON,
    }
    return HealingDecision(**fields | changes)
