"""One valid value of what is analysed: name only what a test is about."""

import builders
from builders import NOW

from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.events import Signal
from argus_streams.core.findings import AnalysisRequest, Cause, Incident
from argus_streams.core.messages import Group, KeptEvent, Version

HOUR, DAY = 3_600_000, 86_400_000


def group(fingerprint="v1:aa", **fields):
    defaults = {
        "project": "shop",
        "fingerprint": fingerprint,
        "parts": (("type", "ValueError"), ("frame", "checkout.payments:charge")),
        "algorithm": "v1:0",
        "version": Version(1, 1),
        "kind": "error",
        "severity": "error",
        "status": "open",
        "title": "ValueError: amount is negative",
        "type": "ValueError",
        "service": "checkout",
        "count": 20,
        "first_seen": NOW - HOUR,
        "last_seen": NOW,
        "sources": {"sentry": 20},
        "hours": {},
    }
    return Group(**(defaults | fields))


def kept(fingerprint="v1:aa", **fields):
    return KeptEvent(project="shop", fingerprint=fingerprint, reason="first", event=builders.event(**fields))


def incident(**fields):
    defaults = {
        "project": "shop",
        "incident": "i-0123456789abcdef",
        "version": Version(1, 1),
        "status": "open",
        "title": "checkout fails",
        "severity": "error",
        "opened_at": NOW - HOUR,
        "last_at": NOW,
        "services": ("checkout",),
        "groups": ("v1:aa",),
        "signals": 5,
    }
    return Incident(**(defaults | fields))


def cause(kind="deploy", **fields):
    defaults = {
        "signal_id": "signal-1",
        "kind": kind,
        "subject": "checkout/production",
        "title": "deployed checkout 2.4.0",
        "at": NOW - HOUR - 60_000,
        "score": 0.9,
        "why": "first seen 1 minute after this deploy of checkout to production",
        "service": "checkout",
        "environment": "production",
        "release": "2.4.0",
        "commit": "c0ffee" + "0" * 34,
    }
    return Cause(**(defaults | fields))


def dossier(**fields):
    of = fields.get("incident")
    defaults = {
        "project": "shop",
        "subject": of.incident if of else "v1:aa",
        "kind": "incident" if of else "group",
        "groups": (group(),),
    }
    return Dossier(**(defaults | fields))


def request(**fields):
    of = fields.get("incident")
    defaults = {
        "project": "shop",
        "subject": of.incident if of else "v1:aa",
        "kind": "incident" if of else "group",
        "at": NOW,
        "evidence": "e1",
    }
    return AnalysisRequest(**(defaults | fields))


def signal(**fields):
    return Signal(**({"kind": "group_new", "subject": "v1:aa", "title": "ValueError", "project": "shop"} | fields))
