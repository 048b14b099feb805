import json
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
from playwright._impl._driver import compute_driver_executable

HERE = Path(__file__).parent
collect_ignore = ["project"]  # run by the tests, in a folder of its own


class _Quiet(SimpleHTTPRequestHandler):
    def translate_path(self, path):
        """The same page under a second address, which is another scope."""
        return super().translate_path(path.replace("/other.html", "/shop.html"))

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
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    source = parts.ROOT / "plugins" / "pytest"
    ran = command(sys.executable, "-m", "pip", "install", *offline, "--target", folder, source, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture(scope="session")
def node():
    """The Node that the Python package of Playwright brings."""
    return compute_driver_executable()[0]


@pytest.fixture(scope="session")
def playwright_test():
    """The folder of the plugin for Playwright Test, with Playwright Test at the version that it is tested with."""
    folder = parts.ROOT / "plugins" / "playwright"
    if not (folder / "node_modules" / "@playwright" / "test").is_dir():
        npm = shutil.which("npm")
        if npm is None:
            parts.missing("browser", "there is no npm, which fetches Playwright Test")
        fetched = command(npm, "install", cwd=folder, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD="1")
        if fetched.returncode:
            parts.missing("browser", f"npm can not fetch Playwright Test: {fetched.stderr[-500:]}")
    return folder


@pytest.fixture(scope="session")
def run_tests(plugin):
    """Runs pytest in a folder with the plugin: run_tests(folder, "--argus-heal=apply", SHOP="http://…")."""

    def run(folder, *arguments, **variables):
        variables |= {"PYTHONPATH": str(plugin), "ARGUS_RUN": "1"}
        return command(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments, cwd=folder, **variables)

    return run


@pytest.fixture(scope="session")
def run_playwright(playwright_test, node, chromium):
    """Runs Playwright Test in a folder, against a shop: run_playwright(folder, shop, {"heal": "apply"}, "-g", "x")."""
    cli = playwright_test / "node_modules" / "@playwright" / "test" / "cli.js"

    def run(folder, shop, options, *arguments, **variables):
        variables |= {"CHROMIUM": chromium, "SHOP": shop, "ARGUS": json.dumps(options), "ARGUS_RUN": "1"}
        return command(node, cli, "test", *arguments, cwd=folder, **variables)

    return run


def command(*words, cwd, **variables):
    """What a command came to, with more in its environment."""
    environment = {**os.environ, **variables}
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
