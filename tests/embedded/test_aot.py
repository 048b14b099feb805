"""A cache of classes is made once for each Java and its options, and is missed by nobody."""

import subprocess
import sys
from pathlib import Path

import pytest

from argus_streams.embedded.aot import with_cache
from argus_streams.errors import Unavailable

JAVA = (sys.executable, "-cp", "a.jar")


@pytest.fixture
def trained():
    """The runs that a cache was made of."""
    return []


@pytest.fixture
def train(trained):
    def run(command):
        trained.append(command)
        Path(command[1].removeprefix("-XX:AOTCacheOutput=")).write_text("classes")

    return run


def test_it_is_made_once_and_named_by_every_command(tmp_path, train, trained):
    commands = {with_cache(JAVA, tmp_path, train, pytest.fail) for _ in range(2)}
    (cache,) = tmp_path.glob("*.aot")
    assert commands == {(sys.executable, f"-XX:AOTCache={cache}", "-cp", "a.jar")}
    assert len(trained) == 1


def test_other_jars_or_another_java_have_one_of_their_own(tmp_path, train, trained):
    java = tmp_path / "java"
    java.touch()
    commands = [(*JAVA[:2], "b.jar"), JAVA, (str(java), *JAVA[1:])]
    assert len({with_cache(each, tmp_path, train, pytest.fail)[1] for each in commands}) == len(trained) == 3


def fails(_):
    raise Unavailable("no memory")


def makes_nothing(_):
    """As an older Java that ends well."""


@pytest.mark.parametrize("train", [fails, makes_nothing])
def test_where_it_can_not_be_made_java_starts_without_and_that_is_said(tmp_path, train):
    told = []
    assert with_cache(JAVA, tmp_path, train, told.append) == JAVA
    assert "could not be made" in told[0]
    assert not list(tmp_path.glob("*.aot"))


def test_in_a_folder_that_can_not_be_written_java_starts_without(tmp_path):
    told = []
    assert with_cache(JAVA, tmp_path / "missing", subprocess.run, told.append) == JAVA
    assert "could not be made" in told[0]
