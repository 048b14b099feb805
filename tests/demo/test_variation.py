from itertools import pairwise
from random import Random

import msgspec
import pytest

from argus_streams import sources
from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.mappings import load_mappings
from argus_streams.core.clip import Limits
from argus_streams.core.events import Origin
from argus_streams.core.normalization import Incoming, Norms, read
from argus_streams.core.scrub import scrubber
from argus_streams.demo.run import samples
from argus_streams.demo.story import HERO, Story, beats, tells_hero
from argus_streams.demo.variation import newest, vary

NOW = 1_800_000_000  # s
DRAWS = 5
MAPPINGS = load_mappings(data_folder("samples") / "mapped.yaml")
NORMS = Norms(sources=sources.load(), limits=Limits(), scrubber=scrubber(()), mappings=MAPPINGS)
SAMPLES = samples()


def reading(source, headers, value, offset, now=NOW):
    lower = {name.lower(): text for name, text in headers.items()}
    incoming = Incoming(
        value=value, headers=lower, source=source, project="shop", origin=Origin("t", 0, offset), received_at=now * 1000
    )
    return read(incoming, NORMS)


def original(sample):
    value = sample.body.encode() if isinstance(sample.body, str) else msgspec.json.encode(sample.body)
    return reading(sample.source, sample.headers, value, 0, int(newest(sample)) or NOW)


def drawn(number):
    return Random(number)  # noqa: S311 - repeatable, no secret


def draws(sample):
    """Some occurrences, a few seconds apart: an alert without an id is known by when it began."""
    return [
        reading(sample.source, *vary(sample, now=NOW + 5 * number, random=drawn(number)), number + 1)
        for number in range(DRAWS)
    ]


def ids(found):
    return {event.event_id for event, _ in found.events} | {signal.signal_id for signal in found.signals}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.source}: {sample.case}")
class TestEachSample:
    def test_is_the_same_problem_each_time(self, sample):
        first = original(sample)
        for again in draws(sample):
            assert again.outcome == first.outcome, again
            assert [told.value for _, told in again.events] == [told.value for _, told in first.events]
            assert [signal.kind for signal in again.signals] == [signal.kind for signal in first.signals]

    def test_is_another_occurrence_each_time(self, sample):
        found = [original(sample), *draws(sample)]
        assert len(set().union(*map(ids, found))) == sum(len(ids(each)) for each in found)

    def test_happens_now(self, sample):
        for again in draws(sample):
            times = [event.occurred_at for event, _ in again.events] + [each.occurred_at for each in again.signals]
            assert all(NOW - 86_400 <= time / 1000 <= NOW + 5 * DRAWS for time in times)

    def test_is_drawn_alike_by_the_same_numbers(self, sample):
        assert vary(sample, now=NOW, random=drawn(3)) == vary(sample, now=NOW, random=drawn(3))


def test_every_source_has_samples():
    assert {sample.source for sample in SAMPLES} == set(NORMS.sources)


def test_the_hero_is_told_by_four_senders_as_one_problem():
    heroes = [sample for sample in SAMPLES if tells_hero(sample)]
    assert {sample.source for sample in heroes} == {"sentry", "otlp", "rollbar", "datadog"}
    fingerprints = {told.value for sample in heroes for event, told in original(sample).events if event.type == HERO}
    assert len(fingerprints) == 1


def test_the_story_is_the_same_whenever_it_is_told():
    one, other = Story(SAMPLES, 7), Story(SAMPLES, 7)
    assert [one.next(NOW) for _ in range(300)] == [other.next(NOW) for _ in range(300)]


def test_a_quiet_hero_does_not_happen_once_the_round_is_over():
    story = Story(SAMPLES, 7)
    story.quiet = True
    assert not [body for body in (story.next(NOW) for _ in range(300)) if HERO.encode() in body.value]


def test_few_bodies_are_delivered_again_and_fewer_are_broken():
    story = Story(SAMPLES, 7)
    bodies = [story.next(NOW) for _ in range(2000)]
    again = sum(one == other for one, other in pairwise(bodies))
    broken = sum(reading(*body, 0).outcome == "dead" for body in bodies)
    assert 40 < again < 140
    assert 15 < broken < 80


def test_the_plot_ends_before_the_demo_does():
    turns = beats(20.0)
    assert [turn.act for turn in turns] == ["resolve", "return", "kill"]
    assert [turn.at for turn in turns] == sorted(turn.at for turn in turns)
    assert turns[-1].at < 20.0 * 0.8
