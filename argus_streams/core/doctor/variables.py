"""Settings: what is misspelt, wrong or missing."""

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from msgspec import Struct

from argus_streams.core.doctor.finding import Finding, fine, warning, wrong

_ALIKE = 0.75  # of difflib's ratio; a letter dropped or turned in a short name leaves more than that
# What Kubernetes tells each pod of a service called argus-something, unless enableServiceLinks is false:
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_SERVICE = re.compile(
    r"ARGUS(_\w+)?_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_PROTO|_PORT|_ADDR)?)?)"
)


class Complaint(Struct, frozen=True):
    """What is wrong with one setting, or one file that it names."""

    check: str
    told: str  # begins with the variable
    mend: str = ""


class Variables(Struct, frozen=True, kw_only=True):
    """What the environment says."""

    known: tuple[str, ...]  # every setting of this version
    given: tuple[str, ...]  # names of all variables there are
    strangers: tuple[str, ...]  # that begin as ours do, and are no settings
    missing: tuple[str, ...] = ()  # without which nothing runs
    complaints: tuple[Complaint, ...] = ()
    files: tuple[str, ...] = ()  # variables whose files were read
    inputs: int = 0  # topics that ARGUS_INPUTS names
    providers: tuple[str, ...] = ()  # of models
    keyless: tuple[str, ...] = ()  # sentences about providers without credentials


def judge(found: Variables) -> Iterator[Finding]:
    """What is wrong; a check of which nothing is wrong is fine."""
    findings = [*_strangers(found), *_missing(found), *map(_complaint, found.complaints), *map(_keyless, found.keyless)]
    yield from findings
    yield from _rest(found, {each.check for each in findings})


def _complaint(each: Complaint) -> Finding:
    variable = each.told.partition(":")[0].partition(" ")[0]
    return wrong(each.check, each.told, each.mend or f"correct {variable}; `argus config` shows what is in force")


def _keyless(told: str) -> Finding:
    """No more than a warning: where each role has its own secrets, a doctor beside another role has not this one."""
    mend = "set it where `argus worker analyze` runs, which does not start without it; other roles do without"
    return warning("models", told, mend)


def _strangers(found: Variables) -> Iterator[Finding]:
    for name in found.strangers:
        if _SERVICE.fullmatch(name):
            continue
        likely = likeliest(name, found.known)
        if likely is None:
            yield warning("settings", f"{name} is no setting of this version", f"unset {name}, or see `argus config`")
        else:
            told = f"{name} is no setting of this version and has no effect; likely {likely} is meant"
            yield wrong("settings", told, f"rename it to {likely}")


def likeliest(name: str, known: Collection[str]) -> str | None:
    """The setting that is likely meant by a misspelt name."""
    return next(iter(get_close_matches(name, known, 1, _ALIKE)), None)


def _missing(found: Variables) -> Iterator[Finding]:
    for name in found.missing:
        others = [each for each in found.given if each not in found.known]
        likely = likeliest(name, others)
        hint = f"; {likely} is set: likely it is meant" if likely else ""
        yield wrong("settings", f"{name} is not set{hint}", f"rename {likely} to {name}" if likely else f"set {name}")


def _rest(found: Variables, told: Collection[str]) -> Iterator[Finding]:
    if "settings" not in told:
        yield fine("settings", f"{_ours(found)} of {len(found.known)} settings are given, each is known")
    if "files" not in told:
        yield fine("files", f"read: {', '.join(found.files)}" if found.files else "the defaults are in force")
    if "inputs" not in told:
        yield fine("inputs", f"{found.inputs} topics of producers without headers" if found.inputs else "our own alone")
    if "models" not in told:
        yield fine("models", _asked(found.providers))


def _ours(found: Variables) -> int:
    return len(set(found.given) & set(found.known))


def _asked(providers: Sequence[str]) -> str:
    return f"asked of {', '.join(providers)}" if providers else "no provider is set: rules alone explain"
