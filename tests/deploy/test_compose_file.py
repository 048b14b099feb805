"""The compose file keeps its promises: no secret, bounds for all, every role, and only what is there."""

import re
import tomllib

import click
import pytest
from composed import FILE, PASSWORDS, of_profile, seconds, services, written
from parts import ROOT
from test_image import steps

from argus_streams import app, settings
from argus_streams.cli import main
from argus_streams.embedded.jars import VERSION as KAFKA
from argus_streams.streaming.supervisor import STOP_SECONDS

SERVICES = services()
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("argus-streams:")}
ONCE = {"setup"}
every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def test_every_role_is_a_service_of_its_own():
    assert {name: service["command"] for name, service in OURS.items() if name not in ONCE} == {
        role: ["worker", role] for role in app.ROLES
    }


def test_every_command_of_ours_exists():
    said = [part.split() for part in OURS["setup"]["command"][0].split("&&")]
    said += [["argus", *service["command"]] for name, service in OURS.items() if name not in ONCE]
    for argus, name, *arguments in said:
        choices = {
            choice
            for each in main.commands[name].params
            if isinstance(each.type, click.Choice)
            for choice in each.type.choices
        }
        assert (argus, set(arguments) <= choices) == ("argus", True), said


def test_every_variable_of_ours_is_a_setting():
    known = {name for name, _, _ in settings.described()} | {"PGPASSWORD"}  # libpq's own
    named = {name for service in written()["services"].values() for name in service.get("environment", {})}
    ours = {name for service in OURS for name in written()["services"][service].get("environment", {})}
    assert ours <= known
    assert {name for name in named if name.startswith("ARGUS_")} <= known


@every_service
def test_a_service_has_bounds(service):
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= limits.keys()
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@every_service
def test_a_service_may_do_no_more_than_it_needs(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert not service.get("privileged")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ONCE))
def test_a_service_is_started_again_and_asked_how_it_is(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@every_service
def test_what_a_service_keeps_is_in_a_named_volume_or_a_file_that_is_there(service):
    for mount in service.get("volumes", []):
        source = mount.split(":")[0]
        if source.startswith("./"):
            assert mount.endswith(":ro")
            assert (ROOT / source).exists(), f"{source} is mounted and not there"
        else:
            assert source in written()["volumes"]


def test_no_volume_belongs_to_two_services():
    mounted = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])]
    assert sorted(each for each in mounted if not each.startswith("./")) == sorted(written()["volumes"])


@every_service
def test_an_image_is_named_with_its_version(service):
    assert re.search(r":v?\d+[\w.-]*$", service["image"]), service["image"]


def test_our_image_has_the_version_of_the_package():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {service["image"] for service in OURS.values()} == {f"argus-streams:{version}"}


def test_kafka_is_the_version_that_is_tested():
    brokers = {service["image"] for name, service in SERVICES.items() if name.startswith("kafka")}
    assert brokers == {f"apache/kafka:{KAFKA}"}


def test_no_secret_is_in_the_file():
    for name, service in written()["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|TOKEN|SECRET", variable):
                assert value is None or value.startswith("${"), f"{name}: {variable}"
    assert not re.search(r"://[^/\s@]+:[^/\s@]+@", FILE.read_text())


def test_every_variable_that_has_to_be_given_is_in_the_example_and_empty_there():
    needed = set(re.findall(r"\$\{(\w+):\?", FILE.read_text()))
    example = dict(
        line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if re.match(r"\w+=", line)
    )
    assert needed == PASSWORDS.keys()
    assert {name for name, value in example.items() if not value} == needed
    assert example["COMPOSE_FILE"] == FILE.name


def test_the_key_for_models_is_passed_to_the_role_that_asks_them_and_to_no_other():
    told = {
        name for name, service in written()["services"].items() if "ANTHROPIC_API_KEY" in service.get("environment", {})
    }
    assert told == {"analyze"}


def test_nothing_listens_on_an_address_of_the_world():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize(("profile", "replicas"), [("single", 1), ("ha", 3)])
def test_a_profile_has_its_brokers_under_one_name_each_reached_from_the_host(profile, replicas):
    running = {name: each for name, each in of_profile(profile, SERVICES).items() if name.startswith("kafka")}
    assert len(running) == replicas
    assert len({each["environment"]["KAFKA_NODE_ID"] for each in running.values()}) == replicas
    for name, each in running.items():
        names = {name, *each.get("networks", {}).get("default", {}).get("aliases", [])}
        (host, outside, inside) = each["ports"][0].split(":")
        assert "kafka" in names
        assert (host, inside) == ("127.0.0.1", "9092")
        assert f"EXTERNAL://localhost:{outside}" in each["environment"]["KAFKA_ADVERTISED_LISTENERS"]


def test_a_service_has_longer_to_end_than_it_needs():
    assert all(seconds(service["stop_grace_period"]) > STOP_SECONDS for service in SERVICES.values())


def test_workers_write_where_the_image_lets_them():
    made = [value for name, value in steps() if name == "RUN"]
    for service in OURS.values():
        folders = {mount.split(":")[1] for mount in service.get("volumes", [])}
        assert {service["environment"].get("ARGUS_STATE_DIR")} - {None} == folders
        assert all(any(f"10001 {folder}" in step for step in made) for folder in folders)
