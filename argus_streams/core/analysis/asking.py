"""A question to a model and what came back, whoever runs the model."""

from typing import Any, Literal

from msgspec import Struct

# What kept a model from answering. The first five are no fault of the question: they count for a circuit breaker, and
# the next provider is asked. The others would be the same at the next try.
Trouble = Literal[
    "rate_limited", "overloaded", "server_error", "connection", "timed_out",
    "refused_request", "unauthorized", "unknown_model",
]  # fmt: skip
PASSING: frozenset[Trouble] = frozenset({"rate_limited", "overloaded", "server_error", "connection", "timed_out"})

# How an answer ended; a structured one is whole on `whole` alone.
Ending = Literal["whole", "truncated", "refused", "invalid"]


class Usage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tokens that a call was billed for; the four kinds of input exclude each other."""

    input: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cache_read: int = 0
    output: int = 0


class Question(Struct, frozen=True, kw_only=True):
    """One call."""

    model: str
    system: str  # the same for all questions of one task: the provider may cache it
    user: str
    max_tokens: int
    shape: type[Any]  # pydantic model that the answer has to fit
    timeout: float = 30.0  # seconds, for all of the call


class Reply(Struct, frozen=True, kw_only=True):
    """What a billed call brought."""

    ending: Ending
    usage: Usage
    answer: Any = None  # of the question's shape, if the ending is `whole`
    text: str = ""  # what was said instead, its beginning
    request_id: str | None = None


class Offered(Struct, frozen=True, kw_only=True):
    """What a provider says of one of its models; ``None`` = it does not say."""

    model: str
    retires_at: int | None = None  # ms
    max_input_tokens: int | None = None
    max_tokens: int | None = None  # of the answer
    structured: bool | None = None  # whether it can be held to a shape
