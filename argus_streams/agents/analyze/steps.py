"""The pure steps that strangers' data and models' answers go through: a bug in one must not stop its neighbours."""

import logging
from typing import Any, TypeAlias

from argus_streams.core.analysis import choosing, merging
from argus_streams.core.analysis.analyst import explain
from argus_streams.core.analysis.answer import Checked, checked, ruled
from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.merging import Propose
from argus_streams.core.repairs import HealingDecision

log = logging.getLogger(__name__)

Act: TypeAlias = Propose | HealingDecision
_ANSWERED = ("merge", "repair")  # which ask for more than an explanation


def by_rules(dossier: Dossier) -> Checked:
    """The rules' answer; if they fail, that there is one to be looked at."""
    try:
        return _answered(dossier, None)[0] if dossier.kind in _ANSWERED else ruled(explain(dossier))
    except Exception:
        log.exception("the rules can not explain %s of %s", dossier.subject, dossier.project)
        return Checked(by="rules", title=dossier.subject, summary="", facts=())


def by_model(finding: Any, dossier: Dossier) -> tuple[Checked, Act | None]:
    """The model's answer, checked, and what follows from it; if that fails the rules' answer."""
    try:
        if dossier.kind in _ANSWERED:
            return _answered(dossier, finding)
        return checked(finding, dossier, explain(dossier)), None
    except Exception:
        log.exception("an answer about %s of %s can not be checked", dossier.subject, dossier.project)
        return by_rules(dossier), None


def _answered(dossier: Dossier, finding: Any) -> tuple[Checked, Act | None]:
    if dossier.kind == "repair":
        return choosing.answered(dossier, finding)
    return merging.answered(dossier, finding)
