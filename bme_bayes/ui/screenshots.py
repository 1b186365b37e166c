"""Writes the pictures in `docs/images`: `python -m bme_bayes.ui.screenshots [FOLDER]`.

Needs the development environment (Playwright) and Chromium; `CHROMIUM` may name it. The app is
started on a free port of this computer and ended again.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bme_bayes.library import app_path
from bme_bayes.ui.links import to_query
from bme_bayes.ui.state import Case
from bme_bayes.ui.worked import WORKED

FOLDER = Path("docs/images")
START_SECONDS = 120
COLORS = 96


@dataclass(frozen=True)
class Shot:
    """One picture: its file's name, the size of the window, the theme, and the case."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    case: Case | None
    scale: float = 1.0


SHOTS = (
    Shot("explorer", 1360, 1000, "light", WORKED[0].case),
    Shot("explorer-dark", 1360, 1150, "dark", WORKED[2].case),
    Shot("explorer-phone", 390, 1300, "light", WORKED[1].case),
)


@contextmanager
def served() -> Iterator[str]:
    """The app's address while it is served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = app_path()
    command = [sys.executable, "-m", "streamlit", "run", app.name, "--server.headless=true"]
    command += [f"--server.port={port}", "--server.fileWatcherType=none"]
    with subprocess.Popen(command, cwd=app.parent, stdout=subprocess.DEVNULL) as server:
        try:
            address = f"http://localhost:{port}"
            _wait(address, server)
            yield address
        finally:
            server.terminate()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit("the app did not start")


def take(browser: Browser, address: str, shot: Shot) -> bytes:
    """One picture as PNG, with few colours so that it stays small."""
    size = {"width": shot.width, "height": shot.height}
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme=shot.scheme,
        device_scale_factor=shot.scale,
    )
    page = context.new_page()
    query = f"?{urlencode(to_query(shot.case, ''))}" if shot.case else ""
    page.goto(f"{address}/{query}")
    page.get_by_text("not a medical device").wait_for(timeout=START_SECONDS * 1000)
    page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").nth(
        1
    ).wait_for()
    page.wait_for_timeout(1500)
    picture = page.screenshot()
    context.close()
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLORS)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def main(folder: Path) -> None:
    """Write every picture."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit("no Chromium: `make chromium` installs it or says what to do")
    folder.mkdir(parents=True, exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for shot in SHOTS:
            (folder / f"{shot.name}.png").write_bytes(take(browser, address, shot))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
