"""The stub as a process of its own: what worker processes are tested against."""

import json
import subprocess
import sys
import urllib.request

import pytest
import stub_models


@pytest.fixture
def port():
    command = [sys.executable, stub_models.__file__, "--port", "0", "--usual", '{"kind": "refuse"}']
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - ours
        yield int(process.stdout.readline())
        process.terminate()


def sent(port, path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data, {"Authorization": "Bearer key"}, method=method
    )
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        return json.load(response)


def test_it_is_scripted_and_tells_what_it_has_billed(port):
    question = {"model": "m", "max_tokens": 90, "messages": [{"role": "user", "content": "why?"}]}
    scripted = {"provider": "anthropic", "behaviours": [{"kind": "answer", "answer": {"a": 1}, "output_tokens": 70}]}
    sent(port, "/stub", scripted)
    first, second = (sent(port, "/v1/messages", question) for _ in range(2))
    assert first["content"][0]["text"] == '{"a": 1}'
    assert second["stop_reason"] == "refusal"
    told = sent(port, "/stub")
    assert told["calls"] == {"anthropic/m/answer": 1, "anthropic/m/refuse": 1}
    assert told["billed"]["anthropic/m"]["output_tokens"] == 70 + second["usage"]["output_tokens"]
