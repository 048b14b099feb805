"""A small agent with state: counts records by key, each once, and tells every count."""

import struct

from argus_streams.streaming.agent import Effects
from argus_streams.streaming.producer import Outgoing

COUNT = struct.Struct(">qq")  # how many, and the last offset that is counted


class Counting:
    """Counts what it is given and forwards `topic partition offset count` of each record."""

    name = "counting"

    def __init__(self, out):
        self._out = out

    async def turn(self, slices, state):
        forwards = []
        for piece in slices:
            for record in piece.records:
                stored = state.get(piece.partition, record.key)
                count, last = COUNT.unpack(stored) if stored else (0, -1)
                if record.offset > last:
                    count, last = count + 1, record.offset
                    state.put(piece.partition, record.key, COUNT.pack(count, last))
                line = f"{piece.topic} {piece.partition} {record.offset} {count}"
                forwards.append(Outgoing(self._out, record.key, line.encode()))
        return Effects(forwards)
