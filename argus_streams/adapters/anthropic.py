"""Models at Anthropic and three clouds, through one SDK: https://platform.claude.com/docs/en/api/sdks/python."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from json import JSONDecodeError

import httpx2
from anthropic import (
    AnthropicError,
    APIError,
    AsyncAnthropic,
    AsyncAnthropicBedrock,
    AsyncAnthropicFoundry,
    AsyncAnthropicVertex,
    CredentialsError,
    Timeout,
)
from anthropic.types.messages import MessageBatchIndividualResponse as Item
from anthropic.types.messages.batch_create_params import Request

from argus_streams.adapters import anthropic_wire as wire
from argus_streams.core.analysis.asking import Offered, Question, Reply
from argus_streams.core.analysis.prices import Provider
from argus_streams.ports import NoReply

CONNECT_SECONDS = 5.0
LIST_SECONDS = 30.0
BATCH_SECONDS = 300.0  # a batch is up to 256 MB
MODELS_A_PAGE = 1000

Client = AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicVertex  # Foundry's is an AsyncAnthropic


class ClaudeModel:
    """``ports.Model`` at one provider.

    The client is one that does not retry: whether and where to ask again is decided outside, where the budget is.
    """

    def __init__(self, name: Provider, client: Client) -> None:
        self._name = name
        self._client = client
        # the clouds' clients have neither a list of models nor batches
        lacking = AsyncAnthropicBedrock | AsyncAnthropicVertex | AsyncAnthropicFoundry
        self._whole = None if isinstance(client, lacking) else client

    @property
    def name(self) -> Provider:
        return self._name

    @property
    def takes_batches(self) -> bool:
        return self._whole is not None

    async def ask(self, question: Question) -> Reply:
        body = wire.request(question)
        async with _asking(question.timeout):
            message = await self._client.messages.create(**body, timeout=_patience(question.timeout))
        return wire.reply(message, question.shape)

    async def offers(self) -> Sequence[Offered] | None:
        if self._whole is None:
            return None
        async with _asking(LIST_SECONDS):
            listed = self._whole.models.list(limit=MODELS_A_PAGE, timeout=_patience(LIST_SECONDS))
            infos = [info async for info in listed]
        return [wire.offered(info) for info in infos]

    async def submit(self, questions: Mapping[str, Question]) -> str:
        batches = self._with_batches().messages.batches
        requests = [Request(custom_id=_id(name), params=wire.request(each)) for name, each in questions.items()]
        async with _asking(BATCH_SECONDS):
            made = await batches.create(requests=requests, timeout=_patience(BATCH_SECONDS))
        return made.id

    async def collect(self, batch: str, shapes: Mapping[str, Question]) -> Mapping[str, Reply | NoReply] | None:
        batches = self._with_batches().messages.batches
        async with _asking(BATCH_SECONDS):
            state = await batches.retrieve(batch, timeout=_patience(LIST_SECONDS))
            if state.processing_status != "ended":
                return None
            results = await batches.results(batch, timeout=_patience(BATCH_SECONDS))
            try:
                items = {item.custom_id: item async for item in results}
            finally:
                await results.close()
        return {name: _outcome(items.get(_id(name)), question) for name, question in shapes.items()}

    def _with_batches(self) -> AsyncAnthropic:
        if self._whole is None:
            raise NoReply("refused_request", f"{self._name} takes no batches")
        return self._whole


@asynccontextmanager
async def _asking(seconds: float) -> AsyncIterator[None]:
    """Turn whatever goes wrong into ``NoReply``, after so many seconds at the latest.

    The client's own time-outs are for each read: an answer that drips would never end.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise NoReply("timed_out", f"no answer within {seconds:g} s") from error
    except APIError as error:
        raise wire.no_reply(error) from error
    except (httpx2.HTTPError, JSONDecodeError, UnicodeDecodeError) as error:  # while a body was read
        raise NoReply("connection", f"{type(error).__name__}: {error}"[: wire.DETAIL]) from error
    except UnicodeEncodeError as error:  # half of a surrogate pair: there is no way to send it
        raise NoReply("refused_request", f"{type(error).__name__}: {error.reason}") from error
    except CredentialsError as error:
        raise NoReply("unauthorized", str(error)[: wire.DETAIL]) from error
    except AnthropicError as error:
        raise NoReply("refused_request", str(error)[: wire.DETAIL]) from error
    except Exception as error:  # what signs a cloud's requests raises errors of its own, which we need not have
        raise NoReply("unauthorized", f"{type(error).__name__}: {error}"[: wire.DETAIL]) from error


def _patience(seconds: float) -> Timeout:
    return Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


def _id(name: str) -> str:
    """The name in a batch: 64 characters of a small alphabet, whatever ours holds."""
    return hashlib.sha256(name.encode()).hexdigest()


def _outcome(item: Item | None, question: Question) -> Reply | NoReply:
    """What became of one question of a batch; but for ``succeeded``, and what is not told of, it is not billed."""
    if item is None:
        return NoReply("connection", "the batch ended without a word of it")
    match item.result.type:
        case "succeeded":
            try:
                return wire.reply(item.result.message, question.shape)
            except NoReply as none:
                return none
        case "errored":
            return wire.no_result(item.result.error.error)
        case "canceled":
            return NoReply("refused_request", "the batch was canceled")
        case "expired":
            return NoReply("overloaded", "its turn did not come within 24 hours")
