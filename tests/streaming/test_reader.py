"""What can not be looked up is never taken for absent: a position lost that way would be read from the beginning."""

import asyncio

import pytest
from mock_cluster import OFFSET_FETCH, mock_cluster

from argus_streams.errors import Unavailable
from argus_streams.streaming import reader as module
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Reader

HERE = Partition("in", 0)
NOT_COORDINATOR, TOPIC_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED, UNKNOWN = 16, 29, 30, -1
LOADING, UNSTABLE = 14, 88


@pytest.fixture(scope="module")
def cluster():
    with mock_cluster() as cluster:
        cluster.topic("in", 2)
        yield cluster


@pytest.fixture
def reader(cluster):
    return Reader({"bootstrap.servers": cluster.bootstrap}, "group")


def test_a_group_that_never_committed_has_no_position(reader):
    assert asyncio.run(reader.committed([HERE])) == {HERE: None}


@pytest.mark.parametrize("code", [NOT_COORDINATOR, TOPIC_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED, UNKNOWN])
def test_a_position_that_can_not_be_read_is_unavailable(cluster, reader, code):
    cluster.refuse(OFFSET_FETCH, code)
    with pytest.raises(Unavailable, match="committed positions can not be read"):
        asyncio.run(reader.committed([HERE]))


@pytest.mark.parametrize("code", [LOADING, UNSTABLE])
def test_a_position_that_is_not_settled_yet_is_waited_for(cluster, reader, code):
    cluster.refuse(OFFSET_FETCH, code, code)
    assert asyncio.run(reader.committed([HERE])) == {HERE: None}


def test_an_empty_span_reads_nothing(reader):
    assert list(reader.read({HERE: (0, 0), Partition("in", 1): (5, 3)}, lambda: False)) == []


def test_a_read_ends_when_it_is_told_to(reader):
    assert list(reader.read({HERE: (0, 10)}, lambda: True)) == []


def test_who_waits_for_a_whole_span_is_told_that_the_broker_is_silent(monkeypatch):
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.5)
    away = Reader({"bootstrap.servers": "127.0.0.1:1", "log_level": 0}, "group")
    with pytest.raises(Unavailable, match="gives nothing of in"):
        list(away.read_whole({HERE: (0, 10)}))
