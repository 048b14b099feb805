"""Whom the settings name, what each needs, and what is never told."""

import asyncio
import logging
import subprocess
import sys

import pytest
from model_clients import question

from argus_streams.adapters.providers import client_of, open_models
from argus_streams.errors import Misconfigured
from argus_streams.settings import load

VARIABLES = (
    "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "AWS_BEARER_TOKEN_BEDROCK", "AWS_REGION",
    "AWS_DEFAULT_REGION", "CLOUD_ML_REGION", "ANTHROPIC_VERTEX_PROJECT_ID", "ANTHROPIC_FOUNDRY_API_KEY",
    "ANTHROPIC_FOUNDRY_RESOURCE", "ANTHROPIC_FOUNDRY_BASE_URL", "ARGUS_VERTEX_TOKEN", "ARGUS_MODEL_PROVIDERS",
    "ANTHROPIC_CONFIG_DIR", "ANTHROPIC_PROFILE", "XDG_CONFIG_HOME",
)  # fmt: skip
WHOLE = {
    "ANTHROPIC_API_KEY": "sk-very-secret",
    "AWS_BEARER_TOKEN_BEDROCK": "very-secret",
    "AWS_REGION": "eu-central-1",
    "ARGUS_VERTEX_TOKEN": "very-secret",
    "CLOUD_ML_REGION": "global",
    "ANTHROPIC_VERTEX_PROJECT_ID": "shop",
    "ANTHROPIC_FOUNDRY_API_KEY": "very-secret",
}


@pytest.fixture
def settings(monkeypatch, tmp_path):
    """Reads settings from these variables alone."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))  # where the SDK looks for profiles

    def read(**given):
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        return load()

    return read


def opened(settings, does):
    async def once():
        async with open_models(settings) as models:
            return await does(models)

    return asyncio.run(once())


async def names(models):
    return list(models)


def test_without_a_key_there_is_nobody_to_ask(settings):
    assert opened(settings(), names) == []


def test_a_key_is_enough(settings):
    assert opened(settings(ANTHROPIC_API_KEY="key"), names) == ["anthropic"]


def test_every_provider_answers_with_the_addresses_of_its_own_variables(settings, stub):
    given = settings(
        **WHOLE,
        ARGUS_MODEL_PROVIDERS="foundry,vertex,bedrock,anthropic",
        ANTHROPIC_BASE_URL=stub.url_of("anthropic"),
        ANTHROPIC_BEDROCK_BASE_URL=stub.url_of("bedrock"),
        ANTHROPIC_VERTEX_BASE_URL=stub.url_of("vertex"),
        ANTHROPIC_FOUNDRY_BASE_URL=stub.url_of("foundry"),
    )

    async def ask_all(models):
        return {name: (await model.ask(question())).ending for name, model in models.items()}

    assert opened(given, ask_all) == dict.fromkeys(("foundry", "vertex", "bedrock", "anthropic"), "whole")
    assert [call.provider for call in stub.calls] == ["foundry", "vertex", "bedrock", "anthropic"]


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("bedrock", "AWS_REGION"),
        ("vertex", "CLOUD_ML_REGION"),
        ("vertex", "ANTHROPIC_VERTEX_PROJECT_ID"),
        ("foundry", "ANTHROPIC_FOUNDRY_API_KEY"),
        ("foundry", "ANTHROPIC_FOUNDRY_RESOURCE"),
    ],
)
def test_what_a_provider_lacks_is_named(settings, provider, variable):
    given = {name: value for name, value in WHOLE.items() if name != variable}
    with pytest.raises(Misconfigured, match=f"names {provider}.*{variable}"):
        client_of(provider, settings(**given, ARGUS_MODEL_PROVIDERS=provider))


@pytest.mark.parametrize(
    ("provider", "secret"), [("bedrock", "AWS_BEARER_TOKEN_BEDROCK"), ("vertex", "ARGUS_VERTEX_TOKEN")]
)
def test_a_clouds_own_credentials_need_a_package_that_is_named(settings, provider, secret):
    given = {name: value for name, value in WHOLE.items() if name != secret}
    with pytest.raises(Misconfigured, match=rf"set {secret}, or .* pip install 'anthropic\[{provider}\]'"):
        client_of(provider, settings(**given))


def test_an_unknown_provider_is_refused_by_name(settings):
    with pytest.raises(Misconfigured, match="ARGUS_MODEL_PROVIDERS"):
        settings(ARGUS_MODEL_PROVIDERS="anthropic,openai")


def test_nothing_of_a_question_or_a_key_is_logged(settings, stub, caplog):
    given = settings(ANTHROPIC_API_KEY="sk-very-secret", ANTHROPIC_BASE_URL=stub.url)
    caplog.set_level(logging.DEBUG)
    opened(given, lambda models: models["anthropic"].ask(question(user="It broke.")))
    assert len(stub.calls) == 1
    assert "It broke." not in caplog.text
    assert "sk-very-secret" not in caplog.text


def test_what_a_model_is_told_is_in_no_log():
    """The SDK logs whole requests where it may."""
    said = "import logging; from argus_streams import logs; logs.configure('DEBUG');"
    asked = "print([logging.getLogger(each).isEnabledFor(20) for each in ('anthropic._base_client', 'httpx2')])"
    done = subprocess.run([sys.executable, "-c", said + asked], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert done.stdout.strip() == "[False, False]"
