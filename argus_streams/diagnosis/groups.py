"""Consumer groups by Kafka's admin requests: who is a member, and two looks at where each stands."""

from collections.abc import Mapping
from time import monotonic, sleep
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.adapters.clock import now
from argus_streams.core.doctor.cluster import Grant
from argus_streams.core.doctor.finding import Unseen
from argus_streams.core.doctor.groups import Group, Member
from argus_streams.core.doctor.machine import Ahead, Skew
from argus_streams.diagnosis.cluster import ASK_SECONDS, client_of, operations
from argus_streams.diagnosis.standing import ABSENT, Looks, Standing
from argus_streams.settings import Settings

DENIED = Unseen("Kafka does not let us describe the group")


class Seen(NamedTuple):
    """What was seen of all groups."""

    groups: Mapping[app.Role, Group | Unseen]
    grants: tuple[Grant, ...]
    clock: Skew | Ahead | Unseen


class _Told(NamedTuple):
    state: str
    members: tuple[Member, ...]
    grant: Grant


def look(given: Settings, pause: float) -> Seen:
    """Every role's group, twice, so many seconds apart. Raises ``Misconfigured`` and ``Unavailable``."""
    with topics.cluster(client_of(given)) as admin:
        told = _told(admin, {role: app.group_of(given, role) for role in app.ROLES})
        standing = Standing(admin, given, [role for role in app.ROLES if isinstance(told[role], _Told)])
        began, since = now(), monotonic()
        first = standing.look()
        sleep(max(0.0, pause - (monotonic() - since)))
        second = standing.look()
        found = {role: _group(given, role, told[role], (first, second, standing.ids)) for role in app.ROLES}
        grants = tuple(each.grant for each in told.values() if isinstance(each, _Told))
        return Seen(found, grants, standing.clock(first, second, began))


def _group(
    given: Settings, role: app.Role, told: _Told | Unseen, looks: tuple[Looks, Looks, Mapping[str, str]]
) -> Group | Unseen:
    first, second, ids = looks
    before, after = first.get(role, DENIED), second.get(role, DENIED)
    if isinstance(told, Unseen):
        return told
    if isinstance(before, Unseen):
        return before
    if isinstance(after, Unseen):
        return after
    return Group(
        role=role, name=app.group_of(given, role), state=told.state, members=told.members, before=before, now=after,
        ids=ids, changelog=app.changelog_of(given, role),
    )  # fmt: skip


def _told(admin: AdminClient, names: Mapping[app.Role, str]) -> Mapping[app.Role, _Told | Unseen]:
    """What Kafka tells of each role's group."""
    asked: Any = admin  # whose types leave this out
    answers = asked.describe_consumer_groups(
        list(names.values()), include_authorized_operations=True, request_timeout=ASK_SECONDS
    )
    return {role: _answer(name, answers[name]) for role, name in names.items()}


def _answer(name: str, answer: Any) -> _Told | Unseen:
    """A group that nobody has joined yet has no members; of one that is denied nothing may be seen."""
    try:
        told = answer.result()
    except KafkaException as error:
        if error.args[0].name() == ABSENT:
            return _Told("EMPTY", (), Grant("group", name, (), ()))
        if error.args[0].code() == KafkaError.GROUP_AUTHORIZATION_FAILED:
            return _Told("DENIED", (), Grant("group", name, ("Read", "Describe"), None))
        return Unseen(f"the group can not be described: {error.args[0].str()}")
    grant = Grant("group", name, ("Read", "Describe"), operations(told))
    return _Told(told.state.name, tuple(map(_member, told.members)), grant)


def _member(told: Any) -> Member:
    owns = tuple((each.topic, each.partition) for each in told.assignment.topic_partitions or ())
    return Member(told.client_id or "", told.host or "", owns)
