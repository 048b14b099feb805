"""The tests' own server for all processes: started once, ended by the last."""

import threading
from types import SimpleNamespace

from one_for_all import OneForAll
from processes import comes_true


def test_one_is_started_for_all_and_ends_when_the_last_has_let_go_of_it(tmp_path):
    told = []

    def start():
        told.append("started")
        return SimpleNamespace(bootstrap="here:1", stop=lambda: told.append("stopped"))

    first, second = OneForAll(tmp_path / "kafka", start), OneForAll(tmp_path / "kafka", start)
    assert (first.bootstrap, second.bootstrap, told) == ("here:1", "here:1", ["started"])
    leaving = threading.Thread(target=first.__exit__)
    leaving.start()
    assert comes_true(lambda: not (tmp_path / "kafka").exists(), 5)
    assert told == ["started"]
    with OneForAll(tmp_path / "kafka", start):  # who comes now has one of its own
        assert told == ["started", "started"]
    assert told == ["started", "started", "stopped"]
    second.__exit__()
    leaving.join()
    assert told == ["started", "started", "stopped", "stopped"]
