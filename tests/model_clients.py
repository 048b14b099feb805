"""A client of each provider, against any address, and a question to ask."""

from anthropic import AsyncAnthropic, AsyncAnthropicBedrock, AsyncAnthropicFoundry, AsyncAnthropicVertex
from pydantic import BaseModel, ConfigDict

from argus_streams.core.analysis.asking import Question

MADE = {
    "anthropic": lambda url: AsyncAnthropic(base_url=url, api_key="key", max_retries=0, open_telemetry=False),
    "bedrock": lambda url: AsyncAnthropicBedrock(
        base_url=url, api_key="token", aws_region="eu-central-1", max_retries=0, open_telemetry=False
    ),
    "vertex": lambda url: AsyncAnthropicVertex(
        base_url=url,
        access_token="token",  # noqa: S106 - of a stub
        project_id="shop",
        region="global",
        max_retries=0,
        open_telemetry=False,
    ),
    "foundry": lambda url: AsyncAnthropicFoundry(base_url=url, api_key="key", max_retries=0, open_telemetry=False),
}


class Cause(BaseModel):
    """A shape as prompts have one."""

    model_config = ConfigDict(extra="forbid")

    title: str
    files: list[str]
    sure: bool


def question(**changes):
    """A valid one; name what the test is about."""
    given = {"model": "some-model", "system": "Explain.", "user": "It broke.", "max_tokens": 500, "shape": Cause}
    return Question(**{**given, **changes})
