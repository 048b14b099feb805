import os
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import parts
import pytest

HERE = Path(__file__).parent
collect_ignore = ["project"]  # run by the tests, in a folder of its own


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def chromium():
    """The browser of the machine; none is ever fetched."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        parts.missing("browser", "there is no chromium (Debian's package of that name)")
    return found


@pytest.fixture(scope="session")
def shops():
    """Addresses of the shop as it was and as it is: the same paths, other pages."""
    servers = {}
    for name in ("old", "new"):
        handler = partial(_Quiet, directory=HERE / "pages" / name)
        servers[name] = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=servers[name].serve_forever, daemon=True).start()
    yield {name: f"http://127.0.0.1:{server.server_port}" for name, server in servers.items()}
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def plugin(tmp_path_factory):
    """A folder with the pytest plugin, installed as its page says."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
               "--disable-pip-version-check", "--target", folder, parts.ROOT / "plugins" / "pytest"]  # fmt: skip
    subprocess.run(command, check=True)  # noqa: S603 - the tests' own
    return folder


@pytest.fixture(scope="session")
def run_tests(plugin, chromium):
    """Runs pytest in a folder, against a shop: run_tests(folder, shop, "--argus-heal=apply")."""

    def run(folder, shop, *arguments):
        environment = {**os.environ, "PYTHONPATH": str(plugin), "CHROMIUM": chromium, "SHOP": shop, "ARGUS_RUN": "1"}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    return run
