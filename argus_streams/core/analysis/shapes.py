"""What a model has to answer. The descriptions are part of what it reads, and so of a prompt's version."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from argus_streams.core.analysis.kinds import CauseKind


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Finding(_Shape):
    """The cause of one subject."""

    subject: str = Field(description="the name that stands behind BEGIN and END of its data")
    title: str = Field(description="at most twelve words: what fails, and where")
    summary: str = Field(description="two sentences: what happens, and what caused it")
    kind: CauseKind = Field(description="what kind of cause it is")
    file: str | None = Field(description="file to look at first, as the data spell it, or null")
    commit: str | None = Field(description="commit that caused it, as the data spell it, or null")
    service: str | None = Field(description="service where the cause lies, as the data spell it, or null")
    release: str | None = Field(description="release that brought it, as the data spell it, or null")
    confidence: Literal["low", "medium", "high"]


class Findings(_Shape):
    """An answer to a question about causes."""

    answers: list[Finding] = Field(description="one of each subject")


class Judgement(_Shape):
    """Whether two groups are one problem."""

    subject: str = Field(description="the name that stands behind BEGIN and END of the pair's data")
    verdict: Literal["same", "different", "unsure"]
    reason: str = Field(description="one sentence")


class Choice(_Shape):
    """Which element a broken locator meant."""

    subject: str = Field(description="the name that stands behind BEGIN and END of the test's data")
    element: int | None = Field(description="number of the element that is meant, or null if none of them is sure")
    reason: str = Field(description="one sentence: what is the same, and what tells it from the others")


class Choices(_Shape):
    """An answer to a question about elements."""

    answers: list[Choice] = Field(description="one of each test")


class Judgements(_Shape):
    """An answer to a question about pairs."""

    answers: list[Judgement] = Field(description="one of each pair")
