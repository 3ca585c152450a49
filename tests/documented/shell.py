"""A shell that runs what a page tells a reader to type; `meritbook` in it is a fork of the warm process."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import warm

SHIM = """#!{python} -SE
import array, json, os, socket, sys
line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
line.connect({address!r})
asked = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
line.sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
sys.exit(int(line.recv(16)))
"""
"""What stands in the PATH as `meritbook`: hands over its words, its environment and its streams."""

SAID = 1 << 20


class Ran(NamedTuple):
    """A statement of a page, how it ended, and all that was said."""

    statement: str
    status: int
    said: str


def statements(block: str) -> Iterator[str]:
    """The statements of a block: lines, and what reaches over several of them."""
    held = ""
    for line in block.splitlines():
        held += line
        whole = (
            not line.endswith("\\")
            and not subprocess.run(["sh", "-n"], input=held, text=True, capture_output=True).returncode
        )
        if whole:
            if held.strip() and not held.lstrip().startswith("#"):
                yield held
            held = ""
        else:
            held += "\n"
    assert not held, f"not a whole statement: {held}"


def run(typed: Sequence[str], folder: Path, environment: Mapping[str, str]) -> list[Ran]:
    """Runs statements one after another in one shell, whether they fail or not."""
    script = "".join(f"{statement}\nprintf '\\n\\001%s\\n' $?\n" for statement in typed)
    with _meritbook(folder) as programs:
        path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), environment["PATH"]])
        done = subprocess.run(
            ["sh", "-c", f"yes | {{ {script} }}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**environment, "PATH": path},
            timeout=300,
        )
    said = done.stdout.decode(errors="replace").split("\n\001")
    ends = [int(each.split("\n", 1)[0]) for each in said[1:]]
    told = [said[0], *(each.partition("\n")[2] for each in said[1:])]
    assert len(ends) == len(typed), done.stdout.decode(errors="replace")
    return [Ran(*each) for each in zip(typed, ends, told, strict=False)]


@contextmanager
def _meritbook(folder: Path) -> Generator[Path]:
    """A directory with a program `meritbook` that this process answers for."""
    programs = folder / ".programs"
    programs.mkdir(exist_ok=True)
    address = programs / "line"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.bind(str(address))
        door.listen()
        shim = programs / "meritbook"
        shim.write_text(SHIM.format(python=sys.executable, address=str(address)), "utf-8")
        shim.chmod(0o755)
        answering = threading.Thread(target=_answer, args=(door,), daemon=True)
        answering.start()
        try:
            yield programs
        finally:
            door.shutdown(socket.SHUT_RDWR)
            answering.join()
            address.unlink()


def _answer(door: socket.socket) -> None:
    while True:
        try:
            line, _ = door.accept()
        except OSError:
            return
        with line:
            asked, streams, _, _ = socket.recv_fds(line, SAID, 3)
            arguments, environment, folder = json.loads(asked)
            stdin, stdout, stderr = (os.fdopen(stream, "rb") for stream in streams)
            with stdin, stdout, stderr:
                begun = warm.start(
                    *arguments, environment=environment, folder=folder,
                    stdin=stdin, stdout=stdout, stderr=stderr,
                )  # fmt: skip
            line.send(str(begun.wait(timeout=120)).encode())
