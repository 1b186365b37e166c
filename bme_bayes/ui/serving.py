"""The app served on this computer for a measurement."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from bme_bayes.library import app_path

START_SECONDS = 120.0


def free_port() -> int:
    """A port of this computer that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    port: int = 0, log: int | None = subprocess.DEVNULL
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Address and process of the app; it is ended on leaving."""
    port = port or free_port()
    app = app_path()
    command = [sys.executable, "-m", "streamlit", "run", app.name, "--server.headless=true"]
    command += [f"--server.port={port}", "--server.fileWatcherType=none"]
    address = f"http://localhost:{port}"
    with subprocess.Popen(command, cwd=app.parent, stdout=log, stderr=log) as server:
        try:
            wait(address, server)
            yield address, server
        finally:
            server.kill()


def wait(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the app answers."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit("the app did not start")
