"""Which groups may be one problem, and who decides."""

import pytest
from analysed import DAY, dossier, group
from builders import NOW

from argus_streams.core.analysis.merging import Doubtful, Propose, command, judged, pairs, subject, told
from argus_streams.core.analysis.shapes import Judgement

LAYERS = tuple(f"framework.layer{n}:call" for n in range(8))
STACK = (*LAYERS, "shop.views:pay", "checkout.cart:totals", "checkout.cart:sum", "checkout.tax:rate")


def stacked(*frames, fingerprint="v1:bb", title="ValueError: what", **fields):
    parts = (("type", fields.get("type", "ValueError")), *(("frame", each) for each in frames))
    return group(fingerprint, parts=parts, title=title, **fields)


def said(message, fingerprint="v1:bb", **fields):
    return group(fingerprint, parts=(("type", "ValueError"), ("message", message)), **fields)


def found(one, *others):
    return pairs(dossier(groups=(one,), candidates=others))


def judgement(verdict, reason="One fix ends both."):
    return Judgement(subject="x", verdict=verdict, reason=reason)


OLD = stacked(*STACK, fingerprint="v1:aa", first_seen=NOW - DAY)


def test_near_equal_stacks_of_one_type_are_proposed():
    (pair,) = found(OLD, stacked(*STACK[1:]))
    assert isinstance(pair, Propose)
    assert (pair.one, pair.other) == ("v1:aa", "v1:bb")
    assert pair.reason.startswith("Both are of type ValueError. Their stacks are alike to 9")
    assert {fact.name for fact in pair.facts} == {"same_type", "frames", "message"}


def test_a_renamed_function_is_a_question_for_a_model():
    (pair,) = found(OLD, stacked(*STACK[:-2], "checkout.cart:sum_up", "checkout.tax:rate_of"))
    assert isinstance(pair, Doubtful)
    assert pair.dossier.kind == "merge"
    assert pair.dossier.subject == "v1:aa+v1:bb"
    assert [each.fingerprint for each in pair.dossier.groups] == ["v1:aa", "v1:bb"]


@pytest.mark.parametrize(
    "other",
    [
        stacked("a:b", "c:d", STACK[-1]),
        stacked(*STACK, type="KeyError"),
        stacked(*STACK, kind="alert"),
        stacked(*STACK, project="blog"),
        stacked(*STACK, fingerprint="v1:aa"),
        stacked(*STACK[:-1], "checkout.tax:rate_of", service="search"),
        group("v1:bb", parts=(), title=""),
    ],
    ids=["other code", "other type", "other kind", "other project", "itself", "other service, alike", "nothing"],
)
def test_what_is_not_one_problem_is_not_joined(other):
    assert found(OLD, other) == ()


def test_the_same_code_that_fails_in_two_services_is_never_certain():
    (pair,) = found(OLD, stacked(*STACK, service="search"))
    assert isinstance(pair, Doubtful)
    assert "They are of two services, checkout and search." in pair.reason


def test_a_short_stack_or_message_is_never_certain():
    one = stacked("a:b", fingerprint="v1:aa")
    assert isinstance(found(one, stacked("a:b"))[0], Doubtful)
    assert isinstance(found(said("not found", "v1:aa"), said("not found"))[0], Doubtful)


def test_equal_templates_are_proposed_and_alike_ones_asked_about():
    one = said("user <num> has no basket in region <num>", "v1:aa")
    assert isinstance(found(one, said("user <num> has no basket in region <num> (<num>)"))[0], Doubtful)
    assert isinstance(found(one, said("in region <num> user <num> has no basket"))[0], Propose)
    assert found(one, said("disk is full on <host>")) == ()


def test_the_likest_goes_first():
    near, far = stacked(*STACK[1:], fingerprint="v1:near"), stacked(*STACK[2:], fingerprint="v1:far")
    pairs_ = found(OLD, far, near)
    assert [pair.score for pair in pairs_] == sorted((pair.score for pair in pairs_), reverse=True)


def test_a_pair_has_one_subject_whichever_of_the_two_it_was_found_from():
    assert subject("v1:b", "v1:a") == subject("v1:a", "v1:b") == "v1:a+v1:b"
    one, other = OLD, stacked(*STACK[1:])
    first, second = found(one, other)[0], found(other, one)[0]
    assert (first.one, first.other) == (second.one, second.other)


def test_the_model_decides_what_is_doubtful():
    (pair,) = found(OLD, stacked(*STACK[:-1], "checkout.tax:rate_of"))
    proposal = judged(pair, judgement("same"))
    assert (proposal.one, proposal.other, proposal.reason) == ("v1:aa", "v1:bb", "One fix ends both.")


@pytest.mark.parametrize("answer", [judgement("different"), judgement("unsure"), None])
def test_without_a_clear_yes_two_groups_stay_two(answer):
    (pair,) = found(OLD, stacked(*STACK[:-1], "checkout.tax:rate_of"))
    assert judged(pair, answer) is None


def test_a_models_reason_is_plain_text():
    (pair,) = found(OLD, stacked(*STACK[:-1], "checkout.tax:rate_of"))
    proposal = judged(pair, judgement("same", "<b>x</b> see [y](https://evil.example) " * 99))
    assert len(proposal.reason) <= 300
    assert not set(proposal.reason) & set("<>")
    assert "evil.example" not in proposal.reason


def test_a_proposal_is_told_with_its_reason():
    (pair,) = found(OLD, stacked(*STACK[1:]))
    analysis = told(pair, "shop", by="rules", now=NOW)
    assert (analysis.kind, analysis.subject, analysis.reason) == ("merge", "v1:aa+v1:bb", "proposed")
    assert analysis.title == "ValueError: what (bb) is the same problem as ValueError: what (aa)"
    assert analysis.summary == pair.reason


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"apart": ("v1:bb",)}, {}),
        ({}, {"apart": ("v1:aa",)}),
        ({"linked": "v1:bb"}, {}),
        ({}, {"linked": "v1:aa"}),
        ({"linked": "v1:cc"}, {"linked": "v1:cc"}),
    ],
)
def test_what_was_said_of_two_groups_holds(ours, theirs):
    one = stacked(*STACK, fingerprint="v1:aa", **ours)
    assert found(one, stacked(*STACK, **theirs)) == ()


def test_a_proposal_can_be_made_a_command_that_a_person_can_undo():
    (pair,) = found(OLD, stacked(*STACK[1:]))
    order = command(pair, "shop")
    assert (order.fingerprint, order.action, order.other) == ("v1:bb", "link", "v1:aa")
    assert order.by.startswith("argus:")
    assert order.reason == pair.reason
