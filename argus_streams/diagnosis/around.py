"""What stands beside Kafka and Postgres: Redis, and the workers' health ports."""

import json
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from urllib.error import HTTPError, URLError

from redis import Redis as Client
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from argus_streams.adapters.redis import check_url
from argus_streams.core.doctor.finding import Unseen
from argus_streams.core.doctor.machine import Redis, Worker

PATIENCE_SECONDS = 2.0
_NOT_READY = 503
_MOST = 65_536  # bytes of an answer


def redis(url: str) -> Redis | Unseen:
    """What a Redis says of itself. Raises ``Misconfigured`` for an address that is none."""
    check_url(url)
    try:
        client = Client.from_url(
            url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS, retry=Retry(NoBackoff(), 0)
        )
    except ValueError:  # its text may hold the password
        return Unseen("REDIS_URL is no address of a Redis: redis://user:password@host:6379/0")
    try:
        with client:
            told = client.info()
    except (RedisError, OSError) as error:
        return Unseen(f"Redis: {error}")
    return Redis(
        version=str(told.get("redis_version", "")),
        policy=str(told.get("maxmemory_policy", "")),
        most=int(told.get("maxmemory", 0)),
        used=int(told.get("used_memory", 0)),
        evicted=int(told.get("evicted_keys", 0)),
    )


def worker(url: str) -> Worker:
    """What the worker at this address says at /readyz."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/readyz", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the command line takes http and https alone
            return _told(url, answer.read(_MOST))
    except HTTPError as error:
        with error:
            return _told(url, error.read(_MOST)) if error.code == _NOT_READY else _silent(url, f"HTTP {error.code}")
    except URLError as error:
        return _silent(url, str(error.reason))
    except (OSError, HTTPException) as error:
        return _silent(url, str(error) or type(error).__name__)


def _told(url: str, body: bytes) -> Worker:
    try:
        told = json.loads(body)
        return Worker(url=url, role=str(told["role"]), obstacles=tuple(map(str, told["obstacles"])))
    except (ValueError, KeyError, TypeError):
        return _silent(url, "its answer is none of a worker of ours")


def _silent(url: str, why: str) -> Worker:
    return Worker(url=url, complaint=why)


def addresses(servers: str | None) -> Sequence[str]:
    """The bootstrap servers, one by one."""
    return [each.strip() for each in (servers or "").split(",") if each.strip()]
