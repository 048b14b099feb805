"""The pure steps that strangers' data and models' answers go through: a bug in one must not stop its neighbours."""

import logging
from typing import Any

from argus_streams.core.analysis import merging
from argus_streams.core.analysis.analyst import explain
from argus_streams.core.analysis.answer import Checked, checked, ruled
from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.merging import Propose

log = logging.getLogger(__name__)


def by_rules(dossier: Dossier) -> Checked:
    """The rules' answer; if they fail, that there is one to be looked at."""
    try:
        return merging.answered(dossier, None)[0] if dossier.kind == "merge" else ruled(explain(dossier))
    except Exception:
        log.exception("the rules can not explain %s of %s", dossier.subject, dossier.project)
        return Checked(by="rules", title=dossier.subject, summary="", facts=())


def by_model(finding: Any, dossier: Dossier) -> tuple[Checked, Propose | None]:
    """The model's answer, checked, and the merge that it speaks for; if that fails the rules' answer."""
    try:
        if dossier.kind == "merge":
            return merging.answered(dossier, finding)
        return checked(finding, dossier, explain(dossier)), None
    except Exception:
        log.exception("an answer about %s of %s can not be checked", dossier.subject, dossier.project)
        return by_rules(dossier), None
