"""The guard ends its server in every case, and never an innocent one."""

import os
import signal

import pytest
from processes import comes_true, is_alive, python

from argus_streams.embedded.guard import Orders
from argus_streams.embedded.process import Server
from argus_streams.errors import Unavailable

PARENT = """
import os, sys, time
from argus_streams.embedded.guard import Orders
from argus_streams.embedded.process import Server
server = Server("sleep", Orders(("sleep", "60"), sys.argv[1], 15, 5.0, remove=(sys.argv[1],)))
server.start()
print(server.pid, flush=True)
{then}
time.sleep(60)
"""
FORK = """
child = os.fork()  # holds the writing end of the guard's pipe, and lives on
if child:
    print(child, flush=True)
"""


def orders(folder, *command, **more):
    return Orders(command, str(folder), signal.SIGTERM, **({"grace_seconds": 5.0} | more))


def test_a_server_and_its_temporary_folder_end_with_a_parent_that_is_killed(tmp_path):
    folder = tmp_path / "a folder"
    folder.mkdir()
    with python(PARENT.format(then=""), str(folder)) as parent:
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
        assert comes_true(lambda: not is_alive(pid), 8)
        assert comes_true(lambda: not folder.exists(), 8)


def test_a_fork_that_outlives_the_parent_does_not_keep_the_server_alive(tmp_path):
    with python(PARENT.format(then=FORK), str(tmp_path)) as parent:
        pid, fork = int(parent.stdout.readline()), int(parent.stdout.readline())
        try:
            parent.kill()
            assert comes_true(lambda: not is_alive(pid), 8)
            assert is_alive(fork)
        finally:
            os.kill(fork, signal.SIGKILL)


def test_a_server_that_will_not_stop_is_killed(tmp_path):
    stubborn = "trap '' TERM; echo ready; while :; do sleep 0.1; done"
    server = Server("sh", orders(tmp_path, "sh", "-c", stubborn, grace_seconds=0.3))
    server.start_until(lambda: "ready" in server.log_tail(), 30)
    pid = server.pid
    server.halt()
    assert not is_alive(pid)


def test_a_halted_server_starts_again_with_the_same_orders(tmp_path):
    server = Server("sleep", orders(tmp_path, "sleep", "60"))
    server.start()
    first = server.pid
    server.kill()
    assert not server.running
    server.start()
    assert server.running
    assert server.pid != first
    server.halt()
    assert not is_alive(server.pid)


def test_a_folder_in_use_is_refused(tmp_path):
    one = Server("sleep", orders(tmp_path, "sleep", "60"))
    two = Server("sleep", orders(tmp_path, "sleep", "60", lock_seconds=0.2))
    one.start()
    try:
        with pytest.raises(Unavailable, match="in use by another sleep"):
            two.start()
    finally:
        one.halt()
    two.start()
    two.halt()


def test_a_server_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path):
    server = Server("sh", orders(tmp_path, "sh", "-c", "echo the disk is full; exit 1"))
    with pytest.raises(Unavailable, match="the disk is full"):
        server.start_until(lambda: False, 5)


def test_a_server_that_never_answers_is_ended(tmp_path):
    server = Server("sleep", orders(tmp_path, "sleep", "60"))
    with pytest.raises(Unavailable, match="did not answer"):
        server.start_until(lambda: False, 0.2)
    assert not is_alive(server.pid)


def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Unavailable, match=r"no-such-program: No such file"):
        Server("x", orders(tmp_path, "no-such-program")).start()
