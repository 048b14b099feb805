"""Goes through the Dockerfile's steps without Docker: this machine's own root, under an overlay, is the base image.

What a step writes lands in a folder of the test's own: Linux' overlay and a mount namespace see to that, and take root.
The base image itself is what can not be shown so.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from string import Template

_WRITABLE = "mount -t overlay overlay -o lowerdir=/,upperdir={upper},workdir={work} {root}"
_PROC = "mount -t proc proc {root}/proc && mount --rbind /dev {root}/dev"
_READ_ONLY = "mount -o remount,bind,ro {root} && mount -t tmpfs -o mode=1777 tmpfs {root}/tmp"
_ALONE = ("--mount", "--pid", "--fork", "--kill-child")
_ROOT = "0:0"


def works():
    """Whether this machine lets us."""
    tried = "mkdir /mnt/u /mnt/w /mnt/m && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/m"
    command = ["unshare", *_ALONE, "/bin/sh", "-euc", f"mount -t tmpfs tmpfs /mnt && {tried}"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own command
    except OSError:
        return False


class Stage:
    """One stage of a build: a root of its own, its environment, working folder, user and entry point."""

    def __init__(self, folder):
        self._folders = {name: folder / name for name in ("upper", "work", "root")}
        for made in self._folders.values():
            made.mkdir(parents=True)
        kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
        self.environment = {
            **kept,
            "PATH": "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
        }
        self.workdir, self.user, self.entrypoint = "/", _ROOT, []
        self._become_a_python_image()

    def _become_a_python_image(self):
        """Have a `python` that every user may run, as the base image has."""
        program = Path(sys._base_executable).resolve()  # noqa: SLF001 - there is no public name of it
        self.do(f"chmod a+rx {shlex.join(map(str, program.parents))} && ln -sf {program.name} {program.parent}/python")
        self.environment["PATH"] = f"{program.parent}:{self.environment['PATH']}"

    def do(self, script):
        """Run a script there as root."""
        command = self._unshared((_WRITABLE, _PROC), _ROOT, f"cd {shlex.quote(self.workdir)} && {script}")
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own steps
        assert done.returncode == 0, f"{script}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"

    def started(self, *arguments, **environment):
        """The image run: read-only but for /tmp, its entry point the first process; what ``Popen`` takes."""
        inside = shlex.join([*self.entrypoint, *arguments])
        script = f"cd {shlex.quote(self.workdir)} && exec {inside}"
        return self._unshared((_WRITABLE, _PROC, _READ_ONLY), self.user, script, environment)

    def put(self, source, target):
        """Have a file or folder there."""
        place = self.found(target)
        if source.is_dir():
            shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)

    def found(self, path):
        """Where what was written at a path is."""
        return self._folders["upper"] / path.lstrip("/")

    def _unshared(self, mounts, user, script, more=None):
        told = {**self.environment, **(more or {})}
        names = [f"{name}={value}" for name, value in told.items()]
        entered = ["chroot", f"--userspec={user}", str(self._folders["root"]), "/bin/sh", "-euc", script]
        mounted = " && ".join(each.format(**self._folders) for each in mounts)
        return [
            "unshare",
            *_ALONE,
            "/bin/sh",
            "-euc",
            f"{mounted} && exec {shlex.join(['env', '-i', *names, *entered])}",
        ]


def built(steps, context, folder):
    """The last stage after all steps, each ``(instruction, value)``; ``context`` holds what Docker would be sent."""
    stages, named = [], {}
    for instruction, value in steps:
        match instruction:
            case "FROM":
                stages.append(Stage(folder / str(len(stages))))
                named[value.partition(" AS ")[2]] = stages[-1]
            case "ARG" | "LABEL" | "EXPOSE" | "STOPSIGNAL" | "CMD" | "COMMENT":
                pass  # nothing that a step here reads
            case _:
                _follow(stages[-1], instruction, value, named, context)
    return stages[-1]


def _follow(stage, instruction, value, named, context):
    match instruction:
        case "ENV":
            for name, _, told in (part.partition("=") for part in shlex.split(value)):
                stage.environment[name] = Template(told).substitute(stage.environment)
        case "WORKDIR":
            stage.do(f"mkdir -p {shlex.quote(value)}")
            stage.workdir = value
        case "USER":
            stage.user = value
        case "RUN":
            stage.do(value)
        case "ENTRYPOINT":
            stage.entrypoint = json.loads(value)
        case "COPY":
            _copy(stage, value.split(), named, context)


def _copy(stage, words, named, context):
    origin = named[words.pop(0).removeprefix("--from=")] if words[0].startswith("--from=") else None
    *sources, target = words
    for source in sources:
        here = origin.found(source) if origin else context / source
        place = Path(stage.workdir, target)
        stage.put(here, str(place if here.is_dir() else place / here.name))
