"""Changes of any vendor: names of code and of rollouts."""

import pytest

from argus_streams.core import changes


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/example/checkout", "example/checkout"),
        ("https://github.com/example/checkout.git", "example/checkout"),
        ("https://github.com/example/checkout/?tab=readme#top", "example/checkout"),
        ("git@gitlab.com:shop/backend/checkout.git", "shop/backend/checkout"),
        ("ssh://git@example.com:2222/shop/checkout.git", "shop/checkout"),
        ("https://bitbucket.example.com/scm/SHOP/checkout.git", "SHOP/checkout"),
        ("https://example.com/checkout", None),
        ("https://example.com", None),
        ("checkout", None),
        ("", None),
        (None, None),
    ],
)
def test_a_repository_is_named_by_its_address(address, name):
    assert changes.repository(address) == name


def deploy(**more):
    told = {"name": "checkout", "environment": "production", "status": "success", "vendor_id": "1", **more}
    return changes.deploy(changes.Deploy(**told))


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"ref": "v2.1", "commit": "a" * 40}, "v2.1"),
        ({"ref": "main", "commit": "a" * 40}, "aaaaaaa"),
        ({"ref": "main"}, "main"),
        ({}, "checkout"),
    ],
)
def test_the_title_of_a_rollout_says_what_it_brings_as_well_as_is_known(more, what):
    assert deploy(**more).title == f"deploy of {what} to production: success"


def test_the_subject_of_a_rollout_is_what_and_where():
    assert (deploy().subject, deploy().service) == ("checkout/production", None)
    assert deploy(service="cart").service == "cart"


def test_the_vendors_release_goes_before_the_tag():
    assert deploy(ref="v2.1", release="2.1.0+7").release == "2.1.0+7"
    assert deploy(ref="v2.1").release == "v2.1"


@pytest.mark.parametrize("after", [None, "", "0" * 40])
def test_a_ref_that_points_nowhere_was_deleted(after):
    told = changes.Push(repository="shop/checkout", ref="refs/heads/fix", before="a" * 40, after=after)
    assert changes.push(told).reason == "a ref that was deleted"
