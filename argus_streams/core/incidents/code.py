"""Which files a deploy brings out: those of the pushes since the one before it."""

from itertools import chain

from msgspec import structs

from argus_streams.core.incidents.facts import FILES, Fact

PUSHES = 20  # of a repository, that are looked at
USUAL = ("main", "master")  # branches that deploys come from, where they do not say


class Code:
    """The pushes and deploys of a project, in order of time."""

    def __init__(self) -> None:
        self._by_commit: dict[str, Fact] = {}
        self._by_repository: dict[str, list[Fact]] = {}
        self._deployed: dict[str, tuple[str | None, int]] = {}  # subject → commit and time of its latest deploy

    def told(self, fact: Fact) -> Fact:
        """The fact; a deploy with the files that it changed."""
        if fact.role == "push":
            self._push(fact)
        elif fact.role == "deploy":
            return self._deploy(fact)
        return fact

    def _push(self, fact: Fact) -> None:
        if fact.commit:
            self._by_commit[fact.commit] = fact
        if fact.repository:
            self._by_repository.setdefault(fact.repository, []).append(fact)

    def _deploy(self, fact: Fact) -> Fact:
        commit, since = self._deployed.get(fact.subject, (None, 0))
        if fact.commit is None or commit != fact.commit:  # the steps of one rollout are one deploy
            self._deployed[fact.subject] = fact.commit, fact.at
        else:
            since = 0
        pushed = self._by_commit.get(fact.commit or "")
        if pushed is not None:
            found = [pushed]
        else:
            branches = (fact.branch,) if fact.branch else USUAL
            latest = self._by_repository.get(fact.repository or "", [])[-PUSHES:]
            found = [each for each in latest if each.at > since and each.branch in branches]
        files = tuple(dict.fromkeys(chain.from_iterable(each.files for each in found)))[:FILES]
        return structs.replace(fact, files=files) if files else fact
