"""Models and known answers whose use is counted; nobody who uses them need think of it."""

import time
from collections.abc import Collection, Mapping, Sequence

from argus_streams.core.analysis.asking import Offered, Question, Reply
from argus_streams.core.analysis.prices import Prices, Provider, cost
from argus_streams.ports import Answers, Model, ModelMeter, NoReply


class MeteredModel:
    """``ports.Model``: another one, with each call and its bill counted."""

    def __init__(self, model: Model, meter: ModelMeter, prices: Prices) -> None:
        self._model = model
        self._meter = meter
        self._prices = prices

    @property
    def name(self) -> Provider:
        return self._model.name

    @property
    def takes_batches(self) -> bool:
        return self._model.takes_batches

    async def ask(self, question: Question) -> Reply:
        start = time.monotonic()
        try:
            reply = await self._model.ask(question)
        except NoReply as error:
            self._meter.called(self.name, question.model, error.trouble)
            raise
        finally:
            self._meter.took(self.name, question.model, time.monotonic() - start)
        self._count(question, reply, batch=False)
        return reply

    async def offers(self) -> Sequence[Offered] | None:
        return await self._model.offers()

    async def submit(self, questions: Mapping[str, Question]) -> str:
        return await self._model.submit(questions)

    async def collect(self, batch: str, shapes: Mapping[str, Question]) -> Mapping[str, Reply | NoReply] | None:
        found = await self._model.collect(batch, shapes)
        for name, reply in (found or {}).items():
            if isinstance(reply, Reply):
                self._count(shapes[name], reply, batch=True)
            else:
                self._meter.called(self.name, shapes[name].model, reply.trouble)
        return found

    def _count(self, question: Question, reply: Reply, *, batch: bool) -> None:
        self._meter.called(self.name, question.model, reply.ending)
        price = self._prices.of(self.name, question.model)
        self._meter.billed(self.name, question.model, reply.usage, cost(price, reply.usage, batch=batch))


class MeteredAnswers:
    """``ports.Answers``: others, with what was known of them counted."""

    def __init__(self, answers: Answers, meter: ModelMeter) -> None:
        self._answers = answers
        self._meter = meter

    async def get(self, hashes: Collection[str]) -> Mapping[str, bytes]:
        found = await self._answers.get(hashes)
        self._meter.looked_up(known=len(found), unknown=len(hashes) - len(found))
        return found

    async def put(self, answers: Mapping[str, bytes]) -> None:
        await self._answers.put(answers)
