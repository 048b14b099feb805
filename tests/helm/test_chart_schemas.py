"""Every object of every file of values is one that a cluster takes, with no field that it would drop."""

import copy
import json

import charts
import pytest

import schemas

NAMES = [file.name.removesuffix("-values.yaml") for file in charts.VALUES]


@pytest.fixture(scope="module")
def checked():
    """Complaints by object; most of them are the same in several releases."""
    told = {}

    def check(document):
        text = json.dumps(document, sort_keys=True)
        if text not in told:
            told[text] = schemas.complaints(document)
        return told[text]

    return check


@pytest.mark.parametrize("name", NAMES)
def test_a_cluster_takes_every_object(rendered, checked, name):
    told = {f"{each['kind']} {each['metadata']['name']}": checked(each) for each in rendered[name].documents}
    assert not {place: complaints for place, complaints in told.items() if complaints}


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Deployment", ("spec", "template", "spec", "containers", 0, "resource"), {}),
        ("StatefulSet", ("spec", "podManagementPolicy"), 3),
        ("Job", ("spec", "template", "spec", "restartpolicy"), "Never"),
        ("ScaledObject", ("spec", "minReplicas"), 2),
        ("ScaledObject", ("metadata", "lables"), {}),
    ],
)
def test_what_a_cluster_does_not_know_is_noticed(rendered, kind, path, value):
    document = copy.deepcopy(rendered["keda"].all(kind)[0])
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert schemas.complaints(document)


def test_an_object_without_a_schema_is_noticed():
    with pytest.raises(schemas.Unknown, match=r"tests/helm/schemas/example\.com_Thing_v1\.yaml"):
        schemas.complaints({"apiVersion": "example.com/v1", "kind": "Thing"})
