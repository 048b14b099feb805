import pytest

from argus_streams.adapters import topics
from argus_streams.agents.wire import Topics
from argus_streams.core.generations.naming import FIRST, RESERVED, Naming, complaint

SHOP = Naming("shop.", "argus_live")
INPUTS = {"incoming", "replayed", "commands", "incident_commands", "feedback", "outcomes", "heal_commands"}


def test_the_first_generation_has_the_names_that_a_deployment_begins_with():
    assert SHOP.of(FIRST) == (FIRST, "shop.", "argus_live")


def test_another_has_a_prefix_and_a_schema_of_its_own():
    assert SHOP.of("rules2") == ("rules2", "shop.rules2.", "argus_rules2")


@pytest.mark.parametrize("name", [FIRST, "rules2", "a"])
def test_a_generation_is_found_again_by_its_schema(name):
    assert SHOP.with_schema(SHOP.of(name).schema) == SHOP.of(name)


def test_schemas_of_another_deployment_in_the_same_database_are_not_taken_for_its_own():
    assert SHOP.owns(SHOP.of(FIRST).schema)
    assert SHOP.owns(SHOP.of("rules2").schema)
    assert not SHOP.owns("live_till")


@pytest.mark.parametrize("name", ["", "2nd", "Rules", "with-dash", "a" * 32, "a b", "a\n", *sorted(RESERVED)])
def test_what_would_be_no_topic_or_schema_is_refused(name):
    assert complaint(name)


@pytest.mark.parametrize("name", [FIRST, "v2", "a" * 31, "new_rules"])
def test_a_name_that_fits_is_not_complained_of(name):
    assert complaint(name) is None


def test_no_generation_can_be_called_as_our_topics_begin():
    assert {topic.name.partition(".")[0] for topic in topics.load()} <= RESERVED


def test_a_generation_reads_the_same_inputs_and_has_all_else_apart():
    first, other = Topics.under("argus.")._asdict(), Topics.under("argus.", "argus.v2.")._asdict()
    assert {name for name in first if first[name] == other[name]} == INPUTS
    assert {other[name] for name in other.keys() - INPUTS} == {
        first[name].replace("argus.", "argus.v2.") for name in first.keys() - INPUTS
    }


@pytest.mark.parametrize("prefix", ["", "argus."])
def test_letters_about_a_shared_input_stand_apart_too(prefix):
    names = Topics.under(prefix, f"{prefix}v2.")
    assert names.dead(names.incoming) == f"{prefix}v2.events.incoming.dlq"
    assert names.dead(names.commands) == f"{prefix}v2.groups.commands.dlq"
    assert names.dead(names.groups) == f"{prefix}v2.groups.dlq"
