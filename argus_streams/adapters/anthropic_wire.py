"""Between our questions and the Messages API: https://platform.claude.com/docs/en/api/messages."""

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import httpx2
from anthropic import APIConnectionError, APIError, APIStatusError, APITimeoutError, transform_schema
from anthropic import types as wire
from anthropic.types.json_output_format_param import JSONOutputFormatParam
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from anthropic.types.shared import ErrorObject
from pydantic import BaseModel, ValidationError

from argus_streams.core.analysis.asking import Ending, Offered, Question, Reply, Trouble, Usage
from argus_streams.ports import NoReply

TEXT = 2000  # characters of an answer that did not fit
DETAIL = 300  # characters of what a provider says of an error

# 504: it may have been answered, and billed, behind the gateway that gave up. 424: Bedrock's, a model's failure.
_BY_STATUS: Mapping[int, Trouble] = {
    401: "unauthorized", 402: "unauthorized", 403: "unauthorized", 404: "unknown_model", 408: "timed_out",
    409: "server_error", 424: "server_error", 429: "rate_limited", 504: "timed_out", 529: "overloaded",
}  # fmt: skip
_BY_TYPE: Mapping[str, Trouble] = {
    "invalid_request_error": "refused_request", "authentication_error": "unauthorized", "billing_error": "unauthorized",
    "permission_error": "unauthorized", "not_found_error": "unknown_model", "rate_limit_error": "rate_limited",
    "timeout_error": "timed_out", "api_error": "server_error", "overloaded_error": "overloaded",
}  # fmt: skip
_ENDINGS: Mapping[str | None, Ending] = {
    "end_turn": "whole", "max_tokens": "truncated", "model_context_window_exceeded": "truncated", "refusal": "refused",
}  # fmt: skip


def request(question: Question) -> MessageCreateParamsNonStreaming:
    """The body of the call; the system text is marked for the cache, and there are never any tools."""
    body = MessageCreateParamsNonStreaming(
        model=question.model,
        max_tokens=question.max_tokens,
        messages=[{"role": "user", "content": question.user}],
        output_config={"format": _format(question.shape)},  # type: ignore[arg-type]  # classes are hashable
    )
    if question.system:  # an empty text is refused
        body["system"] = [{"type": "text", "text": question.system, "cache_control": {"type": "ephemeral"}}]
    return body


@lru_cache(maxsize=64)
def _format(shape: type[BaseModel]) -> JSONOutputFormatParam:
    """Takes the SDK two milliseconds, and the event loop would wait for each of a batch's ten thousand questions."""
    return {"type": "json_schema", "schema": transform_schema(shape)}


def reply(came: object, shape: type[BaseModel]) -> Reply:
    """What a billed call brought; its usage is told however it ended. Raises ``NoReply`` for what is no message."""
    message = _message(came)
    text = "".join(block.text for block in message.content if block.type == "text")
    ending, answer = _ENDINGS.get(message.stop_reason, "invalid"), None
    if ending == "whole":
        try:
            answer = shape.model_validate_json(text)
        except ValidationError:
            ending = "invalid"
    return Reply(
        ending=ending,
        usage=usage(message.usage),
        answer=answer,
        text="" if ending == "whole" else text[:TEXT],
        request_id=getattr(message, "_request_id", None),  # the SDK documents it so; items of batches have none
    )


def _message(came: object) -> wire.Message:
    """The SDK gives on what came, whatever it is: a gateway's page as text, JSON of any shape as a message."""
    if not (
        isinstance(came, wire.Message)
        and isinstance(getattr(came, "usage", None), wire.Usage)
        and isinstance(getattr(came, "content", None), list)
        and _countable(came.usage)
    ):
        raise NoReply("connection", "what came is no answer of the Messages API")
    return came


def _countable(told: wire.Usage) -> bool:
    """Whether it says what is billed; else a call counts as dear as it could be."""
    read, wrote = getattr(told, "input_tokens", None), getattr(told, "output_tokens", None)
    return isinstance(read, int) and isinstance(wrote, int) and min(read, wrote) >= 0


def usage(told: wire.Usage) -> Usage:
    """All tokens that are billed; what the cache took and nobody says for how long is of five minutes, its default."""
    split = told.cache_creation
    hour = _count(split.ephemeral_1h_input_tokens) if split else 0
    minutes = _count(split.ephemeral_5m_input_tokens) if split else 0
    return Usage(
        input=_count(told.input_tokens),
        cache_write_5m=max(minutes, _count(told.cache_creation_input_tokens) - hour),
        cache_write_1h=hour,
        cache_read=_count(told.cache_read_input_tokens),
        output=_count(told.output_tokens),
    )


def _count(told: object) -> int:
    """A number of tokens; the SDK gives on what came, whatever it is."""
    return max(0, told) if isinstance(told, int) else 0


def offered(info: wire.ModelInfo) -> Offered:
    """What a provider says of a model."""
    structured = getattr(info.capabilities, "structured_outputs", None)
    return Offered(
        model=info.id,
        retires_at=int(info.retires_at.timestamp() * 1000) if info.retires_at else None,
        max_input_tokens=info.max_input_tokens,
        max_tokens=info.max_tokens,
        structured=structured.supported if structured else None,
    )


def no_reply(error: APIError) -> NoReply:
    """What the SDK's error means."""
    match error:
        case APIConnectionError(__cause__=httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout()):
            return NoReply("connection", _cause(error), sent=False)
        case APITimeoutError():
            return NoReply("timed_out", _cause(error))
        case APIConnectionError():
            return NoReply("connection", _cause(error))
        case APIStatusError():
            detail = f"{error.status_code} {error.api_message or error.message}"[:DETAIL]
            return NoReply(_trouble(error), detail, retry_after=retry_after(error.response.headers, time.time()))
        case _:
            return NoReply("connection", error.message[:DETAIL])


def _cause(error: APIError) -> str:
    return f"{type(error.__cause__).__name__}: {error.__cause__}"[:DETAIL]


def no_result(error: ErrorObject | None) -> NoReply:
    """Why one question of a batch was not answered."""
    if error is None:
        return NoReply("server_error", "no reason is told")
    return NoReply(_BY_TYPE.get(error.type, "server_error"), f"{error.type} {error.message}"[:DETAIL])


def _trouble(error: APIStatusError) -> Trouble:
    if error.status_code in _BY_STATUS:
        return _BY_STATUS[error.status_code]
    if error.status_code >= 500:  # noqa: PLR2004 - as HTTP divides them
        return "server_error"
    if error.type == "billing_error":  # not all clouds have a status for it
        return "unauthorized"
    if "model identifier is invalid" in error.message:  # Bedrock's 404
        return "unknown_model"
    return "refused_request"


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that a provider wants to be left alone, or ``None``; its header holds seconds or a date."""
    told: Any = headers.get("retry-after", "")
    try:
        seconds = float(told)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(told).timestamp() - now
        except ValueError:
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
