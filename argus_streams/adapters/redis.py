"""Answers of models in Redis, where all workers find them; nobody waits for one that is away."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from argus_streams.errors import Misconfigured
from argus_streams.ports import ANSWER_SECONDS

log = logging.getLogger(__name__)

PREFIX = "argus:llm:"
PATIENCE_SECONDS = 0.25  # for one request; a model takes longer than that to answer anew
REST_SECONDS = 5.0  # not every question need wait in vain
SAID_SECONDS = 60.0
_NO_ADDRESS = "REDIS_URL is no address of a Redis: redis://user:password@host:6379/0"


@asynccontextmanager
async def open_answers(
    url: str, away: Callable[[], None], *, patience: float = PATIENCE_SECONDS, rest: float = REST_SECONDS
) -> AsyncIterator["RedisAnswers"]:
    """The answers in this Redis, which need not be there.

    ``away`` is called for each request that it did not answer within ``patience`` seconds; after one, it is left alone
    for ``rest`` seconds.
    Raises ``Misconfigured`` for an address that is none.
    """
    check_url(url)
    once = Retry(NoBackoff(), 1)  # a connection that the server has closed meanwhile is made anew
    try:
        client = Redis.from_url(url, socket_timeout=patience, socket_connect_timeout=patience, retry=once)
    except ValueError:  # its text may hold the password
        raise Misconfigured(_NO_ADDRESS) from None
    async with client:
        yield RedisAnswers(client, away, patience=patience, rest=rest)


def check_url(url: str) -> None:
    """Raise ``Misconfigured`` for a URL whose password would be taken for a host or port, without a word of it."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Misconfigured(_NO_ADDRESS) from None
    if parts.scheme in {"redis", "rediss"} and "@" in parts.path + parts.query + parts.fragment:
        raise Misconfigured("REDIS_URL: `/`, `?` and `#` in a password have to be written %2F, %3F and %23, `@` %40")


class RedisAnswers:
    """``ports.Answers``; what goes wrong makes it empty, is counted, and said once a minute."""

    def __init__(self, client: Redis, away: Callable[[], None], *, patience: float, rest: float) -> None:
        self._client = client
        self._away = away
        self._patience = patience  # seconds, as all here
        self._rest = rest
        self._rests_until = 0.0
        self._said_at = -SAID_SECONDS

    async def get(self, hashes: Collection[str]) -> Mapping[str, bytes]:
        if not hashes or self._rests():
            return {}
        wanted = list(hashes)
        try:
            async with asyncio.timeout(self._patience):
                found = await self._client.mget([PREFIX + each for each in wanted])
        except (RedisError, OSError) as error:
            self._failed(error)
            return {}
        return {each: answer for each, answer in zip(wanted, found, strict=True) if isinstance(answer, bytes)}

    async def put(self, answers: Mapping[str, bytes]) -> None:
        if not answers or self._rests():
            return
        try:
            async with asyncio.timeout(self._patience), self._client.pipeline(transaction=False) as pipeline:
                for each, answer in answers.items():
                    pipeline.set(PREFIX + each, answer, ex=ANSWER_SECONDS)
                await pipeline.execute()
        except (RedisError, OSError) as error:
            self._failed(error)

    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def _failed(self, error: Exception) -> None:
        now = time.monotonic()
        self._rests_until = now + self._rest
        self._away()
        if now - self._said_at >= SAID_SECONDS:
            self._said_at = now
            log.warning("Redis does not answer, so models are asked again: %s: %s", type(error).__name__, error)
