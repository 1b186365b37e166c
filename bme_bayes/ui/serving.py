"""The app served on this computer while it is looked at, measured or tested."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bme_bayes.library import app_path

START_SECONDS, END_SECONDS = 120.0, 10.0
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Path of the browser: the one that `CHROMIUM` names, or the first one installed."""
    for name in (os.environ.get("CHROMIUM"), *CHROMIUM):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise SystemExit("no Chromium: `make chromium` installs it or says what to do")


def free_port() -> int:
    """A port of this computer that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    port: int = 0,
    script: Path | None = None,
    log: int | None = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Address and process of the app, or of another Streamlit script; ended on leaving."""
    port, script = port or free_port(), script or app_path()
    command = [sys.executable, "-m", "streamlit", "run", script.name, "--server.headless=true"]
    command += [f"--server.port={port}", "--server.fileWatcherType=none"]
    address = f"http://localhost:{port}"
    with subprocess.Popen(
        command, cwd=script.parent, env=environment, stdout=log, stderr=log
    ) as server:
        try:
            _wait(address, server)
            yield address, server
        finally:
            _end(server)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit(f"{address} was not served")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
