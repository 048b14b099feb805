"""Virtual environments of other engines, made on demand in a folder that git ignores."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).with_name(".peers")
REQUIRED: Mapping[str, Sequence[str]] = {
    "quixstreams": ("quixstreams==3.28.1", "orjson==3.13.0"),
    "bytewax": ("bytewax==0.21.1", "confluent-kafka==2.16.1", "orjson==3.13.0"),
}


def python_of(peer: str) -> Path | None:
    """The interpreter that has the peer; ``None``, and why on standard error, where it can not be had."""
    folder = FOLDER / peer
    python, stamp = folder / "bin" / "python", folder / "installed"
    if stamp.exists() and stamp.read_text() == _told(peer):
        return python
    print(f"installing {_told(peer)} ...", file=sys.stderr, flush=True)
    pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIRED[peer])
    for command in ((sys.executable, "-m", "venv", "--clear", str(folder)), pip):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
        if done.returncode:
            print(f"SKIPPED {peer}: it can not be installed here:\n{done.stderr[-500:]}", file=sys.stderr)
            return None
    stamp.write_text(_told(peer))
    return python


def _told(peer: str) -> str:
    return " ".join(REQUIRED[peer])
