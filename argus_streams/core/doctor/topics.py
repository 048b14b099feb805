"""Topics: what is missing or drifted, what has to have equal partition counts, and replicas."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from argus_streams.core.doctor.finding import Finding, Unseen, fine, names, number, unknown, warning, wrong
from argus_streams.core.topology import Create, Decision, Drift, Fine, Refuse, Weak

_SURE = 2  # replicas that have to confirm, so that one broker's loss loses no record
_SPREAD = 3


class Partition(Struct, frozen=True):
    """A partition of one of our topics."""

    topic: str
    number: int
    leader: int | None  # broker
    replicas: tuple[int, ...]
    in_sync: tuple[int, ...]


class Together(Struct, frozen=True):
    """Topics that have to have equal partition counts, for one state is spread over them."""

    role: str
    topics: tuple[str, ...]  # the changelog among them


class Layout(Struct, frozen=True, kw_only=True):
    """Our topics as the cluster has them."""

    partitions: tuple[Partition, ...]
    together: tuple[Together, ...]
    foreign: tuple[str, ...] = ()  # of ARGUS_INPUTS
    mirrored: tuple[str, ...] = ()  # of the regions in ARGUS_REGIONS
    quorum: Mapping[str, int] = {}  # min.insync.replicas by topic, where it is known

    def counts(self) -> Mapping[str, int]:
        """How many partitions each topic has; one that is not there has none."""
        found: dict[str, int] = {}
        for each in self.partitions:
            found[each.topic] = found.get(each.topic, 0) + 1
        return found


def judge_declared(decisions: Sequence[Decision] | Unseen) -> Iterator[Finding]:
    """What differs from the declared topics."""
    if isinstance(decisions, Unseen):
        yield unknown("topics", decisions.why)
        return
    missing = [each.topic for each in decisions if isinstance(each, Create)]
    if missing:
        told = f"{number(len(missing), 'topic')} missing: {names(missing)}"
        yield wrong("topics", told, "argus topics apply", missing)
    yield from _drifted([each for each in decisions if isinstance(each, Drift)])
    yield from _refused([each for each in decisions if isinstance(each, Refuse)])
    if not [each for each in decisions if not isinstance(each, Fine | Weak)]:
        yield fine("topics", f"{number(len(decisions), 'topic')}, each as declared")


def _drifted(drifts: Sequence[Drift]) -> Iterator[Finding]:
    by_reason: dict[str, list[str]] = {}
    for each in drifts:
        by_reason.setdefault(each.reason, []).append(each.topic)
    for reason, found in by_reason.items():
        yield wrong("topics", f"{names(found)}: {reason}", "argus topics apply", found)


def _refused(refused: Sequence[Refuse]) -> Iterator[Finding]:
    by_reason: dict[str, list[str]] = {}
    for each in refused:
        by_reason.setdefault(each.reason, []).append(each.topic)
    for reason, found in by_reason.items():
        mend = "set ARGUS_TOPIC_PARTITIONS to what the topics have, or begin under another ARGUS_TOPIC_PREFIX"
        yield wrong("topics", f"{names(found)}: {reason}", mend, found)


def judge_layout(found: Layout | Unseen) -> Iterator[Finding]:
    """Partition counts of what belongs together, and whether replicas hold."""
    if isinstance(found, Unseen):
        yield unknown("co-partitioning", found.why)
        yield unknown("replicas", found.why)
        return
    yield from _foreign(found)
    yield from _together(found)
    yield from _replicas(found)


def _foreign(found: Layout) -> Iterator[Finding]:
    counts = found.counts()
    absent = [name for name in found.foreign if name not in counts]
    if absent:
        told = f"ARGUS_INPUTS names {names(absent)}, which Kafka does not have"
        yield wrong("inputs", told, "create the topic, or correct ARGUS_INPUTS", absent)
    unmirrored = [name for name in found.mirrored if name not in counts]
    if unmirrored:
        told = f"ARGUS_REGIONS asks for {names(unmirrored)}, which Kafka does not have: nothing is mirrored"
        yield wrong(
            "inputs", told, "start MirrorMaker (docs/operations/two-regions.md), or correct ARGUS_REGIONS", unmirrored
        )


def _together(found: Layout) -> Iterator[Finding]:
    counts, broken = found.counts(), False
    for each in found.together:
        there = {name: counts[name] for name in each.topics if name in counts}
        if len(set(there.values())) > 1:
            broken = True
            told = ", ".join(f"{name} has {count}" for name, count in _odd(there).items())
            yield wrong(
                "co-partitioning",
                f"{each.role} does not start: partitions of topics keyed alike have to be as many, {told}",
                "stop what writes and reads it, delete the odd one and run `argus topics apply`; where its records are "
                "needed, take a new ARGUS_TOPIC_PREFIX",
                there,
            )
    if not broken:
        yield fine("co-partitioning", "topics keyed alike have as many partitions as their changelogs")


def _odd(counts: Mapping[str, int]) -> Mapping[str, int]:
    """A topic of each count, the rarest first: likely it is the one that is wrong."""
    values = sorted(set(counts.values()), key=lambda value: sum(each == value for each in counts.values()))
    return {next(name for name, count in counts.items() if count == value): value for value in values}


def _replicas(found: Layout) -> Iterator[Finding]:
    offline = [f"{each.topic}/{each.number}" for each in found.partitions if each.leader is None]
    behind = [each for each in found.partitions if each.leader is not None and len(each.in_sync) < len(each.replicas)]
    if offline:
        told = f"{number(len(offline), 'partition')} without a leader: {names(offline)}"
        mend = "start the brokers that hold them; `kafka-topics.sh --describe` names them"
        yield wrong("replicas", told, mend, offline)
    if behind:
        brokers = sorted({broker for each in behind for broker in set(each.replicas) - set(each.in_sync)})
        places = [f"{each.topic}/{each.number}" for each in behind]
        told = f"{number(len(behind), 'partition')} with replicas behind, on broker {', '.join(map(str, brokers))}"
        yield warning("replicas", told, "start that broker, or look at its disk and network", places)
    weak = _weak(found)
    if weak:
        yield weak
    if not (offline or behind or weak):
        yield fine("replicas", f"{number(len(found.partitions), 'partition')}, each replica in step")


def _weak(found: Layout) -> Finding | None:
    """Topics that lose records, or stop, with one broker."""
    spread: dict[str, int] = {}
    for each in found.partitions:
        spread[each.topic] = min(spread.get(each.topic, len(each.replicas)), len(each.replicas))
    stuck = [name for name, count in spread.items() if found.quorum.get(name, 1) > count]
    if stuck:
        told = f"{names(stuck)}: min.insync.replicas is more than the topic has replicas, so nobody can write"
        return wrong("replicas", told, "kafka-reassign-partitions.sh, or a lower min.insync.replicas", stuck)
    unsure = [name for name, count in spread.items() if count >= _SPREAD and found.quorum.get(name, _SURE) < _SURE]
    if unsure:
        told = f"{names(unsure)}: one broker's word is enough (min.insync.replicas 1), its loss loses records"
        return warning("replicas", told, "argus topics apply", unsure)
    return None
