import asyncio

import pytest
from model_clients import MADE
from stub_models import PROVIDERS, Stub, running

from argus_streams.adapters.anthropic import ClaudeModel


@pytest.fixture
def stub():
    with running(Stub()) as started:
        yield started


@pytest.fixture(params=PROVIDERS)
def provider(request):
    return request.param


@pytest.fixture
def use(stub):
    """Does something with a provider's model, in a loop of its own: use(provider, lambda model: model.ask(…))."""

    def run(provider, does):
        async def once():
            client = MADE[provider](stub.url_of(provider))
            async with client:
                return await does(ClaudeModel(provider, client))

        return asyncio.run(once())

    return run
