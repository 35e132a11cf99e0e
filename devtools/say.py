# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Progress, child processes and errors: one clear sentence instead of a traceback."""

import errno
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

HEARTBEAT = 15  # seconds between two signs of life of a long step


class Fail(Exception):
    """An error the user can mend; its text is the one sentence he reads."""


# What tools print when a cause outside the program stopped them
CAUSES = (
    (
        re.compile(r"No space left on device|ENOSPC|Disk quota exceeded"),
        "No disk space left while {step}: free some space where {where} lies and start again.",
    ),
    (
        re.compile(
            r"Temporary failure (in name resolution|resolving)|Name or service not known"
            r"|Could not resolve|Network is unreachable|NewConnectionError|ENOTFOUND"
            r"|EAI_AGAIN|ECONNREFUSED|ConnectTimeout|Max retries exceeded"
            r"|Could not connect to|Unable to connect to|Connection timed out"
        ),
        "No network while {step}: a package registry could not be reached;"
        " check the connection (or the proxy) and start again.",
    ),
)


def cause_of(output: str, step: str, where: object) -> str | None:
    """The sentence for a known cause found in a tool's output, or nothing."""
    for pattern, sentence in CAUSES:
        if pattern.search(output):
            return sentence.format(step=step, where=where)
    return None


def say(text: str = "") -> None:
    """Print at once, whatever the output is connected to."""
    print(text, flush=True)


def os_error(err: OSError) -> Fail:
    """A clear sentence for the errors of the operating system."""
    name = f" ({err.filename})" if err.filename else ""
    if err.errno in (errno.ENOSPC, errno.EDQUOT):
        return Fail(f"No disk space left{name}: free some space and start again.")
    if err.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Fail(f"Not allowed to write{name}: check the owner of the folder.")
    return Fail(f"{err.strerror or err}{name}.")


@contextmanager
def step(text: str):
    """Show what is being done, a sign of life while it lasts, and its time."""
    begin = time.monotonic()
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT):
            say(f"   … {text}: {time.monotonic() - begin:.0f} s")

    say(f"-> {text} …")
    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
    finally:
        done.set()
    say(f"   {text}: {time.monotonic() - begin:.1f} s")


@contextmanager
def filling(folder: Path):
    """Whether a folder of the cache must be filled; one ./dev at a time fills it.

    A folder that was filled to the end holds the file "complete"; any other is emptied.
    """
    marker = folder / "complete"
    if marker.exists():
        yield False
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if marker.exists():
            yield False
            return
        shutil.rmtree(folder, ignore_errors=True)
        yield True
        marker.touch()


def call(cmd, **kwargs) -> int:
    """Run a program in the foreground; when we are stopped it is told to stop, then made to."""
    child = subprocess.Popen([str(part) for part in cmd], **kwargs)
    try:
        return child.wait()
    except KeyboardInterrupt:
        stop(child)
        raise


def stop(child: subprocess.Popen) -> None:
    """End a program we started, politely first."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def need_tool(name: str, how: str) -> str:
    """The path of a program, or one sentence how to get it."""
    path = shutil.which(name)
    if not path:
        raise Fail(f"The program '{name}' is missing: {how}")
    return path


def need_space(folder: Path, gigabytes: float) -> None:
    """Stop before a download that cannot fit."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise Fail(
            f"No disk space: {folder} has {free:.1f} GB free and {gigabytes:g} GB are needed;"
            " free some space or point XDG_CACHE_HOME to another disk."
        )


def need_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Stop before Odoo would fail on a port somebody else listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as err:
            if err.errno == errno.EADDRINUSE:
                raise Fail(
                    f"Port {port} is taken by another program: stop it, or choose"
                    " another port with --port."
                ) from None
            raise Fail(f"Port {port} cannot be used: {err.strerror}.") from None


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def run(cmd, doing: str, log: Path | None = None, **kwargs) -> str:
    """Run a program to its end; its output is returned, or explained when it failed."""
    cmd = [str(part) for part in cmd]
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    try:
        done = subprocess.run(
            cmd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **kwargs,
        )
    except FileNotFoundError:
        raise Fail(f"The program '{cmd[0]}' is missing while {doing}.") from None
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    if done.returncode:
        explain(cmd, doing, done.stdout, done.returncode, log)
    return done.stdout


def explain(cmd, doing: str, output: str, code: int, log: Path | None = None) -> None:
    """Raise the sentence for a failed program, its last lines before it."""
    known = cause_of(output, doing, log_folder(log))
    if known:
        raise Fail(known)
    sys.stderr.write("\n".join(output.splitlines()[-25:]) + "\n")
    where = f"; everything it said is in {log}" if log else ""
    raise Fail(
        f"{Path(cmd[0]).name} failed with exit code {code} while {doing}{where}."
    )


def log_folder(log: Path | None) -> object:
    """The folder to name when the disk is full."""
    return log.parent if log else os.getcwd()
