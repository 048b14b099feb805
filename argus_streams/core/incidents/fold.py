"""Lets signals decide on incidents, one after the other in the order of their time.

Whatever order they arrive in, they are folded in this one: so the same signals always make the same incidents. A
signal joins by its best link alone, unless others are certain: of what merely happens at the same time, nothing
chains two problems together.
"""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from argus_streams.core.incidents.book import Archive, Book
from argus_streams.core.incidents.causes import differ
from argus_streams.core.incidents.causes import score as cause_score
from argus_streams.core.incidents.cluster import Cluster
from argus_streams.core.incidents.code import Code
from argus_streams.core.incidents.facts import Fact
from argus_streams.core.incidents.habits import Habits
from argus_streams.core.incidents.known import Known, Surroundings
from argus_streams.core.incidents.matching import Index, Pair, Plan
from argus_streams.core.incidents.rules import CHANGES, Rules, milliseconds, windows

HINT = 0.1  # a pair below it is not even a hint of a cause


class Ruling:
    """A project's rules, ready to be used."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.plan = Plan(rules)
        self.lateness = milliseconds(rules.lateness)
        self.quiet = milliseconds(rules.quiet)
        self.reopens = {role: milliseconds(window) for role, window in rules.reopen.items()}
        self.reopen = max(self.reopens.values(), default=0)
        self.windows = windows(rules)
        self.reach = max(self.windows.values())  # after which nothing can be linked any more


class Fold:
    """The clusters of a project, and what is known for linking the next signal."""

    def __init__(
        self,
        ruling: Ruling,
        clusters: Iterable[Cluster],
        archive: Archive,
        known: Known,
        habits: Habits,
    ) -> None:
        self._ruling = ruling
        self.book = Book(clusters, archive)
        self._known = known
        self._habits = habits
        self._index = Index(ruling.plan, Surroundings(known, ruling.rules.services))
        self._code = Code()
        self._ends = [(each.awake_at + ruling.quiet, each.id) for each in self.book.clusters.values() if _alive(each)]
        heapify(self._ends)

    def remember(self, fact: Fact) -> None:
        """One that was folded before: later ones may still be linked to it."""
        self._index.add(self._code.told(fact))

    def take(self, fact: Fact) -> None:
        """The next signal."""
        self.pass_time(fact.at)
        if fact.role is None:
            self._end(fact)
            return
        if self.book.holds(fact):  # what a killed worker wrote of a turn has it already
            self._index.add(self._code.told(fact))
            return
        self._known.learn(fact.at, fact.service, fact.peers, fact.flags)
        if fact.role not in CHANGES and self._habits.take(fact) >= self._ruling.rules.habitual:
            self._habitual(fact)
            return
        fact = self._code.told(fact)
        pairs = self._index.pairs(fact)
        self._index.add(fact)
        if fact.role in CHANGES:
            self._change(fact, pairs)
        else:
            self._symptom(fact, pairs)

    def take_late(self, fact: Fact) -> None:
        """A signal that missed its time may join what it belongs to, and changes nothing else."""
        held = self.book.holding(fact.subject)
        if fact.role is None or fact.role in CHANGES:
            return
        near = [pair for pair in self._index.pairs(fact) if pair.score >= self._ruling.rules.threshold]
        homes = [held, *(self.book.home(pair.fact) for pair in near)]
        home = next((each for each in homes if each is not None and each.status == "open"), None)
        if home is None or not home.first_at - self._ruling.quiet <= fact.at <= home.last_at + self._ruling.quiet:
            return
        home.note_late(fact)
        self.book.settle(fact, home)

    def pass_time(self, at: int) -> None:
        """It is ``at`` now, in ms: what was quiet for long enough is over."""
        while self._ends and self._ends[0][0] < at:
            _, name = heappop(self._ends)
            cluster = self.book.clusters.get(name)
            if cluster is None or not _alive(cluster):
                continue
            end = cluster.awake_at + self._ruling.quiet
            if end >= at:
                heappush(self._ends, (end, name))
            elif cluster.status == "pending":
                self.book.drop(cluster)
            else:
                self.close(cluster, end, f"quiet for {self._ruling.rules.quiet}")

    def close(self, cluster: Cluster, at: int, reason: str, by: str | None = None) -> None:
        """An incident is over."""
        cluster.status, cluster.status_at, cluster.reason, cluster.status_by = "resolved", at, reason, by

    def close_beyond(self, most: int) -> None:
        """Of more open incidents than this, those that were quiet longest are over."""
        found = [each for each in self.book.clusters.values() if each.status == "open"]
        for cluster in sorted(found, key=lambda each: (each.awake_at, each.id))[: max(0, len(found) - most)]:
            self.close(cluster, cluster.awake_at, "more incidents are open than there is room for")

    def open_again(self, cluster: Cluster, at: int, reason: str, by: str | None = None) -> None:
        """It is not over."""
        cluster.status, cluster.status_at, cluster.reason, cluster.status_by = "open", at, reason, by
        heappush(self._ends, (cluster.awake_at + self._ruling.quiet, cluster.id))

    def _symptom(self, fact: Fact, pairs: list[Pair]) -> None:
        own = self._own(fact)
        linked = [pair for pair in pairs if pair.score >= self._ruling.rules.threshold]
        cluster, fresh = own, False
        if cluster is None:
            cluster = next((home for pair in linked[:1] if (home := self._open_home(pair, fact)) is not None), None)
        if cluster is None:
            cluster, fresh = self.book.begin(fact), True
        self._add(cluster, fact)
        for pair in linked:
            cluster = self._join(cluster, fact, pair, best=pair is linked[0])
        self._suspects(cluster, fact, pairs)
        if fresh:
            heappush(self._ends, (cluster.awake_at + self._ruling.quiet, cluster.id))
        self._judge(cluster, fact)

    def _add(self, cluster: Cluster, fact: Fact) -> None:
        cluster.add(fact, self._ruling.rules.weights.get(fact.role or "error", 0.0))
        self.book.settle(fact, cluster)
        if cluster.status == "resolved":
            self.open_again(cluster, fact.at, "it signals again")

    def _habitual(self, fact: Fact) -> None:
        """It signals all the time: it belongs where it was, but is no reason for anything."""
        held = self.book.holding(fact.subject)
        if held is not None and held.status == "open" and fact.subject in held.subjects:
            last = held.last_at
            held.add(fact, 0.0)
            held.last_at = last
            self.book.settle(fact, held)

    def _own(self, fact: Fact) -> Cluster | None:
        """The cluster that its subject was in, if that is not over for good."""
        held = self.book.holding(fact.subject)
        if held is None or held.status in ("pending", "open"):
            return held
        over = held.status_at or held.last_at
        return held if over < fact.at <= over + self._ruling.reopens.get(fact.role or "error", 0) else None

    def _open_home(self, pair: Pair, fact: Fact) -> Cluster | None:
        """Where the other one is; what a person resolved takes in nothing new."""
        home = self.book.home(pair.fact)
        if home is None:
            return None
        if home.status == "resolved" and (home.status_by is not None or home.last_at + self._ruling.quiet < fact.at):
            return None
        return home

    def _join(self, cluster: Cluster, fact: Fact, pair: Pair, *, best: bool) -> Cluster:
        """Let a link do what it can: strengthen, bring in a change, or make one of two clusters."""
        home = self._open_home(pair, fact)
        if home is None:
            if pair.fact.role not in CHANGES or not best:
                return cluster
            cluster.note(pair.fact)
            self.book.settle(pair.fact, cluster)
        elif home.id != cluster.id:
            if not self._unites(cluster, home, pair, best=best):
                return cluster
            cluster = self.book.unite(cluster, home, fact.at, "its signals belong to another incident")
            heappush(self._ends, (cluster.awake_at + self._ruling.quiet, cluster.id))
        cluster.link(pair.fact, fact, pair.hits)
        cluster.strengthen((fact.subject, pair.fact.subject), pair.score)
        self._hide(cluster, fact, pair)
        return cluster

    def _unites(self, one: Cluster, other: Cluster, pair: Pair, *, best: bool) -> bool:
        """Whether a link makes one of two: of two that each have a cause of their own a certain one alone does."""
        if self.book.apart(one, other) or "resolved" in (one.status, other.status):
            return False
        if pair.score >= self._ruling.rules.certain:
            return True
        return (best or pair.leads) and not differ(one, other)

    def _hide(self, cluster: Cluster, fact: Fact, pair: Pair) -> None:
        """While a cause fires, nobody need look at its symptoms."""
        for hit in pair.hits:
            if hit.hides:
                cause, symptom = (fact, pair.fact) if hit.backward else (pair.fact, fact)
                standing = cluster.subjects.get(cause.subject)
                if standing is not None and not standing.ended and cause.signal_id not in cluster.hidden:
                    cluster.hidden[symptom.signal_id] = cause.signal_id

    def _suspects(self, cluster: Cluster, fact: Fact, pairs: list[Pair]) -> None:
        for pair in pairs:
            causal = [hit for hit in pair.hits if hit.causal]
            if not causal or pair.score < HINT:
                continue
            if not causal[0].backward:
                cluster.suspect(pair.fact, fact, causal)
                continue
            home = self.book.home(pair.fact)
            if home is not None:
                home.suspect(fact, pair.fact, causal)

    def _change(self, fact: Fact, pairs: list[Pair]) -> None:
        """A deploy or push that comes after what it is linked with, such as the CI run of its commit."""
        for pair in pairs:
            home = self.book.home(pair.fact)
            if home is None or home.status == "resolved" or pair.score < self._ruling.rules.threshold:
                continue
            home.suspect(fact, pair.fact, pair.hits)
            if self.book.home(fact) is None:
                home.note(fact)
                self.book.settle(fact, home)
            home.link(pair.fact, fact, pair.hits)
            home.strengthen((pair.fact.subject,), pair.score)
            self._judge(home, fact)

    def _end(self, fact: Fact) -> None:
        """A group or an alert is over, and with the last of them its incident."""
        cluster = self.book.holding(fact.subject)
        if cluster is None or fact.subject not in cluster.subjects or cluster.status not in ("pending", "open"):
            return
        cluster.subjects[fact.subject].ended = True
        if cluster.status == "open":
            cluster.last_at = max(cluster.last_at, fact.at)
            if all(each.ended for each in cluster.subjects.values()):
                self.close(cluster, fact.at, "all that it was about is resolved")

    def _judge(self, cluster: Cluster, fact: Fact) -> None:
        """Whether it has become an incident."""
        if cluster.status != "pending":
            return
        rules = self._ruling.rules
        enough = cluster.distinct > 1 and cluster.evidence >= rules.opens
        fatal = fact.role == "alert" and fact.severity == "fatal"
        spike = fact.kind == "group_spiking" and any(
            cause_score(cluster, each) >= rules.strong for each in cluster.suspects.values()
        )
        if enough or fatal or spike:
            cluster.status, cluster.opened = "open", fact.at
            cluster.reason = "a fatal alert" if fatal and not enough else "signals that belong together"


def _alive(cluster: Cluster) -> bool:
    return cluster.status in ("pending", "open")
