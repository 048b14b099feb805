"""A provider of models that costs nothing: the real wire format over real HTTP, and any trouble on demand.

In a test: ``with running(Stub()) as stub``, then ``stub.url_of(provider)``. As a process of its own, for worker
processes: ``python tests/stub_models.py --port 0`` prints its port; ``/stub`` takes what to do next and tells what was
called and billed (see ``_control``).
"""

import argparse
import asyncio
import hashlib
import json
import signal
import threading
from collections import Counter, defaultdict, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import stub_wire as wire
from aiohttp import web

PROVIDERS = ("anthropic", "bedrock", "vertex", "foundry")
BASES = {"anthropic": "", "bedrock": "", "vertex": "/v1", "foundry": "/anthropic/"}
KEPT_CALLS = 10_000
CACHED_FROM = 1024  # tokens; a shorter prefix is not cached
GONE = ("temperature", "top_p", "top_k")  # parameters that the current version of the API refuses

Kind = Literal[
    "answer", "echo", "truncate", "refuse", "invalid_json", "mismatch", "html", "status", "hang", "drip", "cut"
]


@dataclass(frozen=True)
class Behaviour:
    """What becomes of one call."""

    kind: Kind = "answer"
    seconds: float = 0.0  # before the answer begins
    status: int = 200
    retry_after: str | None = None
    answer: object = None  # instead of the smallest one that fits the shape
    message: str = "scripted"  # of an error
    output_tokens: int | None = None  # billed, instead of the length of the answer
    result: Literal["succeeded", "errored", "canceled", "expired"] = "succeeded"  # of an item of a batch


@dataclass(frozen=True)
class Call:
    """A request as it came."""

    provider: str
    model: str
    body: dict
    headers: dict


def tokens_by_four(text):
    """About what real tokenizers find."""
    return len(text.encode()) // 4 + 1


def tokens_by_one(text):
    """The most that there can be: for tests of a ceiling."""
    return len(text.encode())


TOKENS = {"four": tokens_by_four, "one": tokens_by_one}


@dataclass
class Stub:
    """The server's state; all of it may be read and scripted from any thread."""

    models: dict = field(default_factory=dict)  # id → entry of /v1/models; empty = any model exists
    page: int = 2  # models a page
    polls: int = 1  # how often a batch is found in progress
    tokens: object = tokens_by_four
    usual: Behaviour = field(default_factory=Behaviour)
    url: str = ""
    script: dict = field(default_factory=lambda: defaultdict(deque))  # by provider: what its next calls bring
    calls: deque = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    called: Counter = field(default_factory=Counter)  # by (provider, model, kind)
    billed: dict = field(default_factory=lambda: defaultdict(Counter))  # by (provider, model): tokens told to a client
    untold: dict = field(default_factory=lambda: defaultdict(Counter))  # tokens of calls that were cut or hung
    batches: dict = field(default_factory=dict)
    prefixes: set = field(default_factory=set)

    def url_of(self, provider):
        """The base URL that this provider's client needs."""
        return self.url + BASES[provider]

    def next(self, provider, *behaviours):
        """Script the next calls of a provider; later ones are as usual."""
        self.script[provider].extend(behaviours)

    def behaviour(self, provider):
        queue = self.script[provider]
        return queue.popleft() if queue else self.usual

    def usage(self, provider, body, text, behaviour):
        """What a call is billed for."""
        model, prefix = body["model"], wire.prefix(body)
        cacheable = self.tokens(prefix) if prefix else 0
        cacheable = cacheable if cacheable >= CACHED_FROM else 0
        known = hashlib.sha256(f"{provider} {model} {prefix}".encode()).digest()
        cached = cacheable if known in self.prefixes else 0
        if cacheable:
            self.prefixes.add(known)
        output = self.tokens(text) if behaviour.output_tokens is None else behaviour.output_tokens
        rest = self.tokens(wire.told(body) + json.dumps(body.get("output_config", {})))
        return wire.usage(
            read=max(1, rest - cacheable),
            written=cacheable - cached,
            cached=cached,
            output=min(output, body["max_tokens"]),
        )

    def totals(self):
        """What was called and billed, for other processes."""
        return {
            "calls": {"/".join(key): count for key, count in self.called.items()},
            "billed": {"/".join(key): dict(tokens) for key, tokens in self.billed.items()},
            "untold": {"/".join(key): dict(tokens) for key, tokens in self.untold.items()},
        }


def answer(stub, provider, body, behaviour):
    """The body of a billed answer, and its tokens."""
    text = _text(body, behaviour)
    stops = {"truncate": "max_tokens", "refuse": "refusal"}
    usage = stub.usage(provider, body, text, behaviour)
    return wire.message(body["model"], text, stops.get(behaviour.kind, "end_turn"), usage)


def _text(body, behaviour):
    shape = body.get("output_config", {}).get("format", {}).get("schema", {"type": "string"})
    whole = json.dumps(wire.filled(shape, "stub") if behaviour.answer is None else behaviour.answer)
    match behaviour.kind:
        case "truncate":
            return whole[: len(whole) // 2]
        case "refuse":
            return "I can not help with that."
        case "invalid_json":
            return f"Here is what I found: {whole}"
        case "mismatch":
            return json.dumps({"unknown": True})
        case "echo":
            return json.dumps(wire.filled(shape, wire.told(body)[-2000:]))
        case _:
            return whole


def _refusal(stub, provider, body):
    """The status with which a real server refuses this request, and why."""
    if gone := [name for name in GONE if name in body]:
        return 400, f"{gone[0]}: Extra inputs are not permitted"
    for name in ("model", "max_tokens", "messages"):
        if not body.get(name):
            return 400, f"{name}: Field required"
    if stub.models and body["model"] not in stub.models:
        if provider == "bedrock":
            return 400, "The provided model identifier is invalid."
        return 404, f"model: {body['model']}"
    return None


def _authorized(provider, headers):
    bearer = headers.get("Authorization", "").startswith(("Bearer ", "AWS4-HMAC-SHA256 "))
    return bearer or (provider == "foundry" and bool(headers.get("x-api-key")))


def _failed(provider, status, message, headers=None):
    return web.json_response(wire.error(provider, status, message), status=status, headers=headers)


def _messages(stub, provider):
    """The handler of one provider's calls."""

    async def handle(request):
        body = await request.json()
        body.setdefault("model", request.match_info.get("model"))
        stub.calls.append(Call(provider, body["model"] or "", body, dict(request.headers)))
        if not _authorized(provider, request.headers):
            return _failed(provider, 401, "invalid x-api-key")
        if refusal := _refusal(stub, provider, body):
            return _failed(provider, *refusal)
        behaviour = stub.behaviour(provider)
        stub.called[provider, body["model"], behaviour.kind] += 1
        await asyncio.sleep(behaviour.seconds)
        return await _brought(stub, provider, request, body, behaviour)

    return handle


async def _brought(stub, provider, request, body, behaviour):
    key = provider, body["model"]
    match behaviour.kind:
        case "status":
            headers = {} if behaviour.retry_after is None else {"retry-after": behaviour.retry_after}
            return _failed(provider, behaviour.status, behaviour.message, headers)
        case "html":
            return web.Response(text="<html>a gateway's page</html>", content_type="text/html")
    told = answer(stub, provider, body, behaviour)
    if behaviour.kind in UNTOLD:
        stub.untold[key].update(_counted(told["usage"]))
        return await UNTOLD[behaviour.kind](request, json.dumps(told).encode())
    stub.billed[key].update(_counted(told["usage"]))
    return web.json_response(told, headers={"request-id": f"req_{told['id']}"})


def _counted(usage):
    return {name: count for name, count in usage.items() if isinstance(count, int)}


async def _hung(_, __):
    """Never answers; a client that leaves ends it."""
    await asyncio.Event().wait()


async def _dripped(request, text):
    """Answers so slowly that no single read takes long."""
    response = await _begun(request, text)
    for byte in text:
        await response.write(bytes([byte]))
        await asyncio.sleep(0.05)
    return response


async def _cut(request, text):
    """Half an answer, then the connection breaks."""
    response = await _begun(request, text)
    await response.write(text[: len(text) // 2])
    request.transport.abort()
    return response


async def _begun(request, text):
    response = web.StreamResponse(headers={"content-type": "application/json", "content-length": str(len(text))})
    await response.prepare(request)
    return response


UNTOLD = {"hang": _hung, "drip": _dripped, "cut": _cut}


def _list(stub):
    async def handle(request):
        every = list(stub.models.values())
        after = request.query.get("after_id")
        ids = [each["id"] for each in every]
        start = ids.index(after) + 1 if after in ids else 0
        size = min(stub.page, int(request.query.get("limit", "20")))
        behaviour = stub.behaviour("models")
        if behaviour.kind == "status":
            return _failed("anthropic", behaviour.status, behaviour.message)
        page = every[start : start + size]
        return web.json_response({
            "data": page,
            "has_more": start + size < len(every),
            "first_id": page[0]["id"] if page else None,
            "last_id": page[-1]["id"] if page else None,
        })  # fmt: skip

    return handle


class Batches:
    """Batches: made, looked at, and their results in another order."""

    def __init__(self, stub):
        self._stub = stub

    async def create(self, request):
        items = (await request.json())["requests"]
        name = f"msgbatch_{next(wire.NUMBERS):06}"
        results = [self._result(item) for item in items]
        self._stub.batches[name] = [self._stub.polls, results[::-1]]
        return web.json_response(self._told(name))

    async def retrieve(self, request):
        name = request.match_info["batch"]
        if name not in self._stub.batches:
            return _failed("anthropic", 404, f"batch: {name}")
        told = self._told(name)
        self._stub.batches[name][0] -= 1
        return web.json_response(told)

    async def results(self, request):
        _, results = self._stub.batches[request.match_info["batch"]]
        return web.Response(
            text="".join(json.dumps(each) + "\n" for each in results), content_type="application/x-jsonl"
        )

    def _told(self, name):
        left, results = self._stub.batches[name]
        counts = Counter(each["result"]["type"] for each in results)
        return wire.batch(name, counts, ended=left <= 0, url=f"{self._stub.url}/v1/messages/batches/{name}/results")

    def _result(self, item):
        body, behaviour = item["params"], self._stub.behaviour("batches")
        result = {"type": behaviour.result}
        if refusal := _refusal(self._stub, "anthropic", body):
            result = {"type": "errored", "error": wire.error("anthropic", *refusal)}
        elif behaviour.result == "errored":
            result["error"] = wire.error("anthropic", behaviour.status, behaviour.message)
        elif behaviour.result == "succeeded":
            result["message"] = answer(self._stub, "anthropic", body, behaviour)
            self._stub.billed["batches", body["model"]].update(_counted(result["message"]["usage"]))
        return {"custom_id": item["custom_id"], "result": result}


def _control(stub):
    """POST {"provider", "behaviours": [{"kind", …}]} scripts, PUT {"kind", …} says what is usual, GET tells totals."""

    async def handle(request):
        match request.method:
            case "POST":
                wanted = await request.json()
                stub.next(wanted["provider"], *(Behaviour(**each) for each in wanted["behaviours"]))
            case "PUT":
                stub.usual = Behaviour(**await request.json())
        return web.json_response(stub.totals())

    return handle


def application(stub):
    """The routes, as the SDK's clients call them."""
    batches = Batches(stub)
    published = "projects/{project}/locations/{region}/publishers/anthropic/models"
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.add_routes([
        web.post("/v1/messages", _messages(stub, "anthropic")),
        web.post("/anthropic/v1/messages", _messages(stub, "foundry")),
        web.post("/model/{model}/invoke", _messages(stub, "bedrock")),
        web.post(f"/v1/{published}/{{model}}:rawPredict", _messages(stub, "vertex")),
        web.get("/v1/models", _list(stub)),
        web.post("/v1/messages/batches", batches.create),
        web.get("/v1/messages/batches/{batch}", batches.retrieve),
        web.get("/v1/messages/batches/{batch}/results", batches.results),
        web.route("*", "/stub", _control(stub)),
    ])  # fmt: skip
    return app


async def serve(stub, port, started, ended):
    """Serve on loopback until ``ended``."""
    runner = web.AppRunner(application(stub), access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=4096)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    started()
    await ended.wait()
    await runner.cleanup()


@contextmanager
def running(stub):
    """The server in a thread of its own, so that it does not wait for whoever asks it."""
    ready, loop, ended = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(stub, 0, ready.set, ended)), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield stub
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


async def _main(port, stub):
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await serve(stub, port, lambda: print(stub.url.rpartition(":")[2], flush=True), ended)  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--usual", type=json.loads, default={}, help="what a call brings that nothing is scripted for")
    parser.add_argument("--models", nargs="*", default=[], help="ids of those that exist (default: any)")
    parser.add_argument("--tokens", choices=TOKENS, default="four", help="bytes of text that a token is")
    given = parser.parse_args()
    offered = {model: wire.model_info(model) for model in given.models}
    stub = Stub(models=offered, usual=Behaviour(**given.usual), tokens=TOKENS[given.tokens])
    asyncio.run(_main(given.port, stub))
