"""The clients of the providers of models: credentials come from the settings, else from the cloud's own.

Regions, projects and addresses are read by the SDK itself, from the variables that each cloud's users know
(docs/models.md).
"""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec

from anthropic import (
    AnthropicError,
    AsyncAnthropic,
    AsyncAnthropicBedrock,
    AsyncAnthropicFoundry,
    AsyncAnthropicVertex,
)
from pydantic import SecretStr

from argus_streams.adapters.anthropic import ClaudeModel, Client
from argus_streams.core.analysis.prices import Provider
from argus_streams.errors import Misconfigured
from argus_streams.settings import Settings

LOGGERS = ("anthropic", "httpx2", "httpcore2")


@asynccontextmanager
async def open_models(settings: Settings) -> AsyncIterator[Mapping[str, ClaudeModel]]:
    """The providers that the settings name, by name; none = there is nobody to ask.

    Raises ``Misconfigured`` for one that lacks its credentials or its packages.
    """
    for name in LOGGERS:  # at DEBUG they print bodies and credentials; ANTHROPIC_LOG would have them do so
        logging.getLogger(name).setLevel(logging.WARNING)
    async with AsyncExitStack() as opened:
        models: dict[str, ClaudeModel] = {}
        for name in settings.providers():
            client = client_of(name, settings)
            opened.push_async_callback(client.close)
            models[name] = ClaudeModel(name, client)
        yield models


def client_of(provider: Provider, settings: Settings) -> Client:
    """The SDK's client of a provider. Raises ``Misconfigured``."""
    make: Mapping[Provider, Callable[[Settings], Client]] = {
        "anthropic": _anthropic, "bedrock": _bedrock, "vertex": _vertex, "foundry": _foundry,
    }  # fmt: skip
    try:
        return make[provider](settings)
    except (AnthropicError, ValueError) as error:  # their texts name variables, never values of secrets
        raise Misconfigured(f"ARGUS_MODEL_PROVIDERS names {provider}: {str(error).strip()}") from error


def _anthropic(settings: Settings) -> Client:
    client = AsyncAnthropic(api_key=_secret(settings.anthropic_api_key), max_retries=0, open_telemetry=False)
    if not (client.api_key or client.auth_token or client.credentials):
        raise Misconfigured("ARGUS_MODEL_PROVIDERS names anthropic: set ANTHROPIC_API_KEY")
    return client


def _bedrock(settings: Settings) -> Client:
    token = _secret(settings.bedrock_token)
    if token is None:
        _need("boto3", "bedrock", "AWS_BEARER_TOKEN_BEDROCK")
    return AsyncAnthropicBedrock(api_key=token, max_retries=0, open_telemetry=False)


def _vertex(settings: Settings) -> Client:
    token = _secret(settings.vertex_token)
    if token is None:
        _need("google.auth", "vertex", "ARGUS_VERTEX_TOKEN")
    client = AsyncAnthropicVertex(access_token=token, max_retries=0, open_telemetry=False)
    if token is not None and client.project_id is None:
        raise Misconfigured("ARGUS_MODEL_PROVIDERS names vertex: set ANTHROPIC_VERTEX_PROJECT_ID")
    return client


def _foundry(settings: Settings) -> Client:
    key = _secret(settings.foundry_key)
    if key is None:
        raise Misconfigured("ARGUS_MODEL_PROVIDERS names foundry: set ANTHROPIC_FOUNDRY_API_KEY")
    return AsyncAnthropicFoundry(api_key=key, max_retries=0, open_telemetry=False)


def _need(module: str, extra: str, variable: str) -> None:
    """Raise ``Misconfigured`` where the cloud's own credentials can not be found for want of a package."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:  # of the package around it
        found = None
    if found is None:
        raise Misconfigured(
            f"ARGUS_MODEL_PROVIDERS names {extra}: set {variable}, or let it find the cloud's credentials with "
            f"pip install 'anthropic[{extra}]'"
        )


def _secret(value: SecretStr | None) -> str | None:
    return None if value is None else value.get_secret_value()
