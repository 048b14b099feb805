"""LogRocket: an alert begins and ends under one identity."""

import json

import pytest

from argus_streams.core.events import Ignored
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.logrocket import SOURCE


def read(**told):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), {}, 0))
    return item


def test_an_alert_ends_under_the_identity_under_which_it_began_whatever_its_settings_are_now():
    project = "https://app.example.com/acme/storefront/"
    began = read(status="triggered", alert_id="a1", reason="over 20", project_url=project)
    ended = read(status="resolved", alert_id="a1", reason="over 30", project_url=project)
    assert (began.status, ended.status, began.service) == ("firing", "resolved", "storefront")
    assert began.identity == ended.identity
    assert began.identity != read(status="triggered", alert_id="a2", project_url=project).identity


def test_a_turn_without_id_and_time_is_an_occurrence_of_its_own():
    item = read(status="triggered", alert_id="a1")
    assert (item.vendor_id, item.occurred_at, item.message) == (None, None, "alert a1")


def test_the_link_is_the_nearest_that_is_told():
    assert read(status="resolved", alert_id="a1", dashboard_url="d", project_url="p").link == "d"


def test_an_unknown_status_is_ignored():
    assert read(status="muted", alert_id="a1") == Ignored("a status that is neither triggered nor resolved")


@pytest.mark.parametrize("told", [{}, {"status": "triggered"}, {"alert_id": "a1"}, {"status": [], "alert_id": {}}])
def test_what_tells_no_alert_is_malformed(told):
    with pytest.raises(Malformed):
        read(**told)
