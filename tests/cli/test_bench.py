"""``argus bench``."""

from commands import argus

from argus_streams import benchmarking


def test_a_benchmark_that_there_is_not_is_named():
    done = argus("bench", "drain")

    assert done.exit_code == 2
    assert "no benchmark drain; there are parameterize," in done.stderr


def test_help_names_every_benchmark():
    told = argus("bench", "--help").stdout
    assert [name for name in benchmarking.NAMES if name not in told] == []


def test_options_are_for_one_benchmark():
    assert argus("bench", "drained", "engine", "--events", "1").exit_code == 2


def test_options_reach_the_benchmark(capfd):
    done = argus("bench", "drained", "--bodies", "none")

    assert done.exit_code == 1
    assert "invalid int value: 'none'" in capfd.readouterr().err
    assert "failed, or below a bar: drained" in done.stdout
