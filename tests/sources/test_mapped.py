import json

import pytest
import yaml

from argus_streams.adapters.mappings import load_mappings
from argus_streams.core.clip import Limits
from argus_streams.core.events import Event, Ignored, Origin, Rejected, Signal
from argus_streams.core.normalization import Incoming, Norms, read
from argus_streams.core.scrub import scrubber
from argus_streams.core.source import Body
from argus_streams.errors import Malformed, Misconfigured
from argus_streams.sources.alertmanager import SOURCE as ALERTMANAGER
from argus_streams.sources.mapped import SOURCE

ALERT = {"name": "probes", "kind": "alert", "fields": {"rule": "check"}}
ERROR = {"name": "crashes", "kind": "error", "fields": {"message": "text"}}


@pytest.fixture
def loaded(tmp_path):
    """The mappings of a project `shop`."""

    def load_them(*mappings):
        file = tmp_path / "mappings.yaml"
        file.write_text(yaml.safe_dump({"shop": list(mappings)}))
        return load_mappings(file)["shop"]

    return load_them


@pytest.fixture
def items(loaded):
    """What a body becomes under these mappings."""

    def read_it(body, *mappings):
        value = body if isinstance(body, bytes) else json.dumps(body).encode()
        return list(SOURCE.read(Body(value, {}, 0, loaded(*mappings))))

    return read_it


def test_an_error_has_the_fields_that_expressions_find(items):
    told = {"text": "stock is negative", "who": {"id": 7}, "at": 1795166411, "meta": {"zone": "a", "n": 5, "no": None}}
    fields = {"message": "text", "user": "who.id", "occurred_at": "at", "release": "who.missing", "tags": "meta"}
    (event,) = items(told, ERROR | {"fields": fields})
    assert event == Event(
        message="stock is negative", user="7", occurred_at=1_795_166_411_000, tags={"zone": "a", "n": "5"}
    )


def test_tags_by_name_are_an_expression_each(items):
    tags = {"a region": "meta.region", "first": "list | [0]", "none": "meta.none"}
    told = {"text": "x", "meta": {"region": "eu"}, "list": [4]}
    (event,) = items(told, ERROR | {"fields": {"message": "text", "tags": tags}})
    assert event.tags == {"a region": "eu", "first": "4"}


def test_a_trace_as_text_becomes_frames_and_names_what_the_body_does_not(items):
    trace = "Traceback (most recent call last):\n  File \"/srv/a.py\", line 3, in run\n    go()\nKeyError: 'sku'"
    (event,) = items({"t": trace}, ERROR | {"fields": {"stack": "t"}})
    assert (event.type, event.message, event.exceptions[0].frames[0].function) == ("KeyError", "'sku'", "run")


def test_the_senders_own_grouping_is_one_text_or_several(items):
    of = {"fields": {"message": "text", "fingerprint": "groups"}}
    assert items({"text": "x", "groups": "one"}, ERROR | of)[0].fingerprint == ("one",)
    assert items({"text": "x", "groups": ["one", {}, 2, ""]}, ERROR | of)[0].fingerprint == ("one", "2")
    assert items({"text": "x"}, ERROR | of)[0].fingerprint == ()


def test_an_alert_and_its_end_are_one_identity(items):
    mapping = ALERT | {"resolved_when": "state == 'ok'", "fields": {"rule": "check", "labels": "target", "id": "id"}}
    firing = {"check": "Disk full", "state": "bad", "target": {"instance": "db-1", "value": "97"}, "id": 1}
    (opened,), (closed,) = items(firing, mapping), items(firing | {"state": "ok"}, mapping)
    assert (opened.status, closed.status) == ("firing", "resolved")
    assert opened.identity == closed.identity == ("alert", "Disk full", "instance=db-1")


def test_an_alert_is_the_one_that_alertmanager_tells(items):
    labels = {"service": "db", "env": "production", "instance": "db-1"}
    body = {"alerts": [{"status": "firing", "labels": {"alertname": "Disk full", **labels}}]}
    (theirs,) = ALERTMANAGER.read(Body(json.dumps(body).encode(), {}, 0))
    fields = {"rule": "check", "service": "app", "environment": "stage", "labels": {"instance": "host"}}
    told = {"check": "Disk full", "app": "db", "stage": "production", "host": "db-1"}
    (ours,) = items(told, ALERT | {"fields": fields})
    assert ours.identity == theirs.identity


def test_ci_off_the_default_branch_is_another_identity(items):
    fields = {"rule": "job", "repository": "repo", "branch": "ref", "default_branch": "'main'"}
    mapping = {"name": "builds", "kind": "ci", "resolved_when": "ok", "fields": fields}
    built = {"job": "unit", "repo": "example/shop", "ref": "main", "ok": False}
    (red,), (green,) = items(built, mapping), items(built | {"ok": True}, mapping)
    (aside,) = items(built | {"ref": "try"}, mapping)
    assert red.identity == green.identity == ("ci", "example/shop", "unit")
    assert aside.identity == ("ci", "example/shop", "unit", "off the default branch")
    assert (red.message, green.title) == ("unit failed on main", "CI: unit succeeded on main")


def test_a_deploy_is_a_signal(items):
    fields = {"service": "app", "environment": "to", "release": "v", "id": "n", "occurred_at": "at"}
    mapping = {"name": "releases", "kind": "deploy", "fields": fields}
    (signal,) = items({"app": "stock", "to": "production", "v": 12, "n": 5, "at": "2026-11-20T09:00:00Z"}, mapping)
    assert isinstance(signal, Signal)
    assert (signal.kind, signal.subject, signal.release, signal.vendor_id) == ("deploy", "stock/production", "12", "5")
    assert signal.occurred_at == 1_795_165_200_000
    assert isinstance(items({"app": "stock"}, mapping)[0], Rejected)


def test_each_element_is_an_item_and_has_what_the_body_says_of_all(items):
    mapping = ERROR | {
        "each": "list[]",
        "common": {"service": "app", "release": "v", "tags": {"a": "app", "b": "v"}},
        "fields": {"message": "text", "release": "v", "tags": {"b": "text"}},
    }
    told = {"app": "stock", "v": "1", "list": [{"text": "x"}, {"text": "y", "v": "2"}, {"other": 1}, "no object"]}
    first, second, third, fourth = items(told, mapping)
    assert (first.message, first.service, first.release, first.tags) == ("x", "stock", "1", {"a": "stock", "b": "x"})
    assert (second.message, second.release) == ("y", "2")
    assert isinstance(third, Rejected)
    assert isinstance(fourth, Rejected)


def test_a_body_without_the_list_is_malformed_and_an_empty_one_is_ignored(items):
    mapping = ERROR | {"each": "list[]"}
    assert items({"list": []}, mapping) == [Ignored("nothing in it")]
    with pytest.raises(Malformed, match=r"the mapping fails here: .*crashes.*each: finds no list"):
        items({}, mapping)


def test_more_elements_than_intake_takes_are_not_even_read(items):
    with pytest.raises(Malformed, match="too many items"):
        items({"list": [0] * (Limits().items + 1)}, ERROR | {"each": "list"})


def test_the_first_mapping_that_fits_reads_the_body(items):
    mappings = [
        ERROR | {"when": "starts_with(kind, 'a')", "fields": {"message": "'one'"}},
        ERROR | {"when": "kind", "fields": {"message": "'two'"}},
        ERROR | {"fields": {"message": "'three'"}},
    ]
    told = [{"kind": "ab"}, {"kind": "b"}, {"kind": ""}, {"kind": 0}, {"other": 1}, [1], 7, "text"]
    assert [items(body, *mappings)[0].message for body in told] == [
        "one", "two", "three", "two", "three", "three", "three", "three",
    ]  # fmt: skip


def test_a_body_that_no_mapping_fits_is_a_letter_and_not_ignored(items):
    with pytest.raises(Malformed, match="no mapping fits: tried: crashes"):
        items({"text": "x"}, ERROR | {"when": "kind == 'other'"})


def test_what_the_operator_ignores_is_ignored(items):
    mapping = ERROR | {"ignore_when": "level == 'debug'"}
    assert items({"text": "x", "level": "debug"}, mapping) == [Ignored("the mapping ignores it")]
    assert isinstance(items({"text": "x", "level": "error"}, mapping)[0], Event)


def test_json_inside_text_is_taken_apart_where_it_is_json(items):
    mapping = ERROR | {"unpack": ["inner", "absent"], "fields": {"message": "inner.text || inner"}}
    assert items({"inner": json.dumps({"text": "deep"})}, mapping)[0].message == "deep"
    assert items({"inner": "{cut off"}, mapping)[0].message == "{cut off"
    assert items({"inner": '"half \\ud83d"'}, mapping)[0].message == "half \ufffd"


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("length(text)", {}),
        ("contains(text, `5`)", {"text": "x"}),
        ("list[?n > `3`]", {"list": [{"n": "x"}]}),
        ("max_by(list, &n)", {"list": [{"n": 1}, {"n": "x"}]}),
        ("ceil(sum(list))", {"list": [1e308, 1e308]}),
        ("list[::0]", {"list": [1]}),
    ],
)
def test_a_function_that_meets_what_it_does_not_take_rejects_the_item_alone(items, expression, told):
    mapping = ERROR | {"each": "@", "fields": {"message": "note", "title": f"note || {expression}"}}
    failed, fine = items([told, {"note": "fine"}], mapping)
    assert failed.reason == "the mapping fails here"
    assert failed.detail.startswith("mapping 'crashes': fields.title: ")
    assert fine == Event(message="fine", title="fine")


def test_a_condition_that_fails_rejects_too(items):
    for condition in ("ignore_when", "resolved_when"):
        (item,) = items({"check": "x"}, ALERT | {condition: "length(nothing)"})
        assert isinstance(item, Rejected)
        assert f"mapping 'probes': {condition}: " in item.detail


def test_an_item_that_names_nothing_is_rejected(items):
    assert items({}, ERROR) == [Rejected("nothing that the mapping looks for", "mapping 'crashes' finds no message, type, title or stack")]  # fmt: skip  # noqa: E501
    assert items({"check": {}}, ALERT)[0].reason == "nothing that the mapping looks for"


def test_a_project_without_mappings_is_told_so():
    with pytest.raises(Malformed, match="no mapping: ARGUS_MAPPINGS_FILE has none"):
        SOURCE.read(Body(b"{}", {}, 0))


MISTAKES = {
    "an unknown field": (ERROR | {"fields": {"mesage": "x"}}, "mapping 'crashes': kind error has no field mesage"),
    "a field of another kind": (ERROR | {"fields": {"message": "x", "rule": "y"}}, "no field rule"),
    "no expression": (ERROR | {"fields": {"message": "a b"}}, "mapping 'crashes': fields.message: 'a b': "),
    "an empty expression": (ERROR | {"when": ""}, "mapping 'crashes': when: ''"),
    "an unfinished one": (ERROR | {"ignore_when": "length(a"}, "mapping 'crashes': ignore_when: "),
    "an unknown function": (ERROR | {"each": "a[?nope(@)]"}, "each: 'a[?nope(@)]': Unknown function: nope()"),
    "too many arguments": (ERROR | {"when": "a && length(b, c)"}, "Expected 1 argument for function length()"),
    "too deep": (ERROR | {"when": "(" * 5000}, "when: nested too deeply"),
    "one of several tags": (
        ERROR | {"fields": {"message": "x", "tags": {"a": "b", "c": "d e"}}},
        "fields.tags.c: 'd e'",
    ),
    "no tags": (ERROR | {"fields": {"message": "x", "tags": {}}}, "fields.tags: is empty"),
    "several for one text": (ERROR | {"fields": {"message": {"a": "b"}}}, "fields.message: is one expression"),
    "no field": (ERROR | {"fields": {}}, "kind error needs message or stack or title or type among its fields"),
    "an alert without a rule": (ALERT | {"fields": {"message": "x"}}, "kind alert needs rule"),
    "a deploy to nowhere": (ERROR | {"kind": "deploy", "fields": {"service": "x"}}, "needs environment"),
    "common without each": (ERROR | {"common": {"service": "x"}}, "without `each`, use `fields`"),
    "an error that ends": (ERROR | {"resolved_when": "x"}, "not for kind error"),
    "an unknown kind": (ERROR | {"kind": "incident"}, "Invalid enum value 'incident'"),
    "an unknown key": (ERROR | {"if": "x"}, "unknown field `if`"),
    "a number for an expression": (
        ERROR | {"fields": {"message": 5}},
        "mapping 'crashes': Expected `str | object`, got `int`",
    ),
}


@pytest.mark.parametrize(("mapping", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_with_its_place(loaded, mapping, told):
    with pytest.raises(Misconfigured) as refused:
        loaded(mapping)
    assert "mappings.yaml" in str(refused.value)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("text", "told"), [("", "null"), ("shop: []", "shop: has no mapping"), ("Shop: []", "Shop: a project is"), ("a: [", "mappings.yaml"), ("shop: 2026-99-99", "month must be")])  # fmt: skip  # noqa: E501
def test_a_file_without_mappings_is_refused(tmp_path, text, told):
    file = tmp_path / "mappings.yaml"
    file.write_text(text)
    with pytest.raises(Misconfigured, match=told):
        load_mappings(file)


def norms(*mappings):
    return Norms(
        sources={"mapped": SOURCE},
        limits=Limits(),
        scrubber=scrubber(),
        mappings={"shop": mappings} if mappings else {},
    )


def test_a_project_is_read_by_its_own_mappings(loaded):
    body = Incoming(
        value=b'{"text": "x"}', headers={}, source="mapped", project="shop", origin=Origin("t", 0, 1), received_at=1
    )
    assert read(body, norms(*loaded(ERROR))).outcome == "normalised"
    assert read(body, norms()).reason == "no mapping"


def test_the_algorithm_tells_mappings_apart_of_their_project_alone(loaded):
    one, same, other = loaded(ERROR), loaded(ERROR), loaded(ERROR | {"when": "text"})
    assert norms(*one).algorithm("shop") == norms(*same).algorithm("shop") != norms(*other).algorithm("shop")
    assert norms(*one).algorithm("till") == norms().algorithm("shop") == norms().algorithm("till")
