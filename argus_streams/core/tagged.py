"""What sources tell by tags of fixed names, because an event has no field for it: feature flags, and who was called.

A flag is the tag ``flag.NAME`` with its variant as the value, as the vendor spells it (``true``, ``B``). The services
that the failing one was calling are in the tag ``peer.service``, OpenTelemetry's name for one, with commas between
several; a source that is told by other names (``server.address`` of a client's span) translates them.
"""

from collections.abc import Iterable, Mapping

FLAG = "flag."
PEER = "peer.service"
FLAGS, PEERS = 20, 10  # that are taken of an event
_OFF = frozenset({"false", "off", ""})


def with_flags(tags: Mapping[str, str], told: Iterable[tuple[str | None, str | None]]) -> dict[str, str]:
    """The tags with those of these flags that have a name and a variant."""
    found: dict[str, str] = {}
    for name, variant in told:
        if name and variant and len(found) < FLAGS:
            found[f"{FLAG}{name}"] = variant
    return {**tags, **found}


def with_peers(tags: Mapping[str, str], told: Iterable[str | None]) -> dict[str, str]:
    """The tags with these services, beside one that they tell already."""
    names = [*tags.get(PEER, "").split(","), *told]
    found = [name for name in dict.fromkeys(names) if name][:PEERS]
    return {**tags, PEER: ",".join(found)} if found else dict(tags)


def flags_on(tags: Mapping[str, str]) -> tuple[str, ...]:
    """The flags that were on, as NAME=VARIANT."""
    told = [name for name in tags if name.startswith(FLAG)]
    on = [f"{name.removeprefix(FLAG)}={tags[name]}" for name in told if tags[name].lower() not in _OFF]
    return tuple(sorted(on)[:FLAGS])


def peers(tags: Mapping[str, str]) -> tuple[str, ...]:
    """The services that the failing one was calling."""
    return tuple([name.strip() for name in tags.get(PEER, "").split(",") if name.strip()][:PEERS])
