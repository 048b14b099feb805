"""The files in topics/ are complete, closed, and agree with one another."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from argus_streams.adapters import contracts, topics
from argus_streams.agents.wire import Topics
from argus_streams.core import letters
from argus_streams.core.topology import DEAD_LETTERS, FREE
from argus_streams.errors import Misconfigured

PROPERTIES = Path(__file__).parents[2] / "docs" / "operations" / "mm2.properties"
FOLDER = contracts.data_folder("topics")
TOPICS = {topic.name: topic for topic in topics.load()}
DECLARED = {path.stem for path in FOLDER.glob("*.yaml")}


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "topics")


def rewrite(path, **changes):
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes))


def test_a_misspelt_key_is_refused_with_the_name_of_its_file(folder):
    rewrite(folder / "ledger.yaml", retension="30d")
    with pytest.raises(Misconfigured, match=r"topics/ledger\.yaml: .*'retension' was unexpected"):
        topics.load(folder)


def test_a_misspelt_setting_of_kafka_is_refused(folder):
    rewrite(folder / "ledger.yaml", config={"max.mesage.bytes": 1})
    with pytest.raises(Misconfigured, match=r"config: .*max\.mesage\.bytes"):
        topics.load(folder)


def test_a_deleted_topic_without_a_retention_is_refused(folder):
    path = folder / "ledger.yaml"
    path.write_text(path.read_text().replace("retention: 30d\n", ""))
    with pytest.raises(Misconfigured, match="'retention' is a required property"):
        topics.load(folder)


def test_a_compacted_topic_with_a_retention_is_refused(folder):
    rewrite(folder / "groups.yaml", retention="7d")
    with pytest.raises(Misconfigured, match=r"groups\.yaml: retention"):
        topics.load(folder)


def test_partitions_like_those_of_an_unknown_topic_are_refused(folder):
    rewrite(folder / "groups.commands.yaml", partitions="events.normalised")
    with pytest.raises(Misconfigured, match=r"no topic is named events\.normalised"):
        topics.load(folder)


def test_partitions_that_follow_one_another_in_a_circle_are_refused(folder):
    rewrite(folder / "events.normalized.yaml", partitions="groups.commands")
    with pytest.raises(Misconfigured, match=r"events\.normalized itself follows|groups\.commands itself follows"):
        topics.load(folder)


def test_no_dead_letter_topic_is_written_by_hand():
    assert [name for name in DECLARED if name.endswith(DEAD_LETTERS)] == []


def test_every_topic_that_an_agent_reads_has_dead_letters():
    read = {name for name in DECLARED if TOPICS[name].consumers and TOPICS[name].kind != "changelog"}
    assert {name.removesuffix(DEAD_LETTERS) for name in TOPICS if name.endswith(DEAD_LETTERS)} == read


def test_inputs_take_records_of_8_mib():
    inputs = [topic for topic in TOPICS.values() if topic.kind == "input"]
    assert {topic.config["max.message.bytes"] for topic in inputs if topic.name != "events.replayed"} == {8 * 1024**2}


def test_the_largest_body_can_be_replayed_beside_what_says_so():
    indices = 10_000 * len("10000,")
    assert TOPICS["events.replayed"].config["max.message.bytes"] >= 8 * 1024 * 1024 + indices


def test_every_dead_letter_topic_takes_the_largest_letter():
    room = [topic.config["max.message.bytes"] for name, topic in TOPICS.items() if name.endswith(DEAD_LETTERS)]
    assert min(room) > letters.WHOLE_BYTES


def test_what_one_state_is_spread_over_has_equal_partitions_by_declaration():
    group = [topic for topic in TOPICS.values() if "group" in topic.consumers]
    assert {topic.partitions or topic.name for topic in group} == {"events.normalized"}
    assert {topic.key for topic in group} == {"project:fingerprint"}


def test_only_a_topic_that_agents_do_not_key_is_free():
    assert {name for name in DECLARED if TOPICS[name].key == FREE} == {"events.incoming", "events.replayed"}


def test_the_folder_of_each_kind_of_data_is_found_in_the_checkout():
    root = FOLDER.parent
    assert contracts.data_folder("schemas") == root / "schemas"
    assert contracts.data_folder("migrations") == root / "supabase" / "migrations"


def test_an_installed_package_brings_its_own_folders(tmp_path):
    package = tmp_path / "site" / "argus_streams"
    shutil.copytree(FOLDER.parent / "argus_streams", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(FOLDER, package / "_data" / "topics")
    told = "from argus_streams.adapters.contracts import data_folder; print(data_folder('topics'))"
    run = subprocess.run(  # noqa: S603 - our own interpreter, our own text
        [sys.executable, "-c", told], cwd=tmp_path / "site", capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == str(package / "_data" / "topics")


def test_regions_mirror_what_people_and_producers_say_and_nothing_that_is_derived_or_about_one_region():
    mirrored = {topic.name for topic in TOPICS.values() if topic.mirrored}
    assert mirrored == set(Topics.under("").mirrored())
    inputs = {topic.name for topic in TOPICS.values() if topic.kind == "input"}
    assert inputs - mirrored == {"events.replayed", "analysis.feedback"}
    written = re.search(r"^topics = (.*)$", PROPERTIES.read_text(), re.MULTILINE)[1].split(", ")
    assert [each.replace("\\\\", "") for each in written] == [*Topics.under("argus.").mirrored()]
