"""Visits every page of the app in a browser, and prints what was asked of other computers.

Run by `test_trust_privacy.py`, where it is permitted in a network namespace that has a loopback
and nothing else. Prints one JSON object.
"""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP), str(TOP / "tests")]

from conftest import FLAGS  # noqa: E402

from bme_bayes.ui.serving import serving  # noqa: E402

PAGES = ("", "compare", "teach", "network", "prior_lab", "cohort")
LINKS = (
    "?region=hip&corticosteroids=present&weight_loss=present",
    "?region=hip&sex=male&pregnancy=early",
)
"""A case, and one whose findings exclude each other."""
HERE = ("http://localhost", "ws://localhost", "data:", "blob:", "about:")
SECONDS = 60_000
BROKEN = ("part of the page failed", "cannot answer this", "Traceback", "Page not found")


def main(chromium: str) -> None:
    """Visit each page; every request of the browser is noted."""
    found: dict[str, Any] = {"pages": {}, "elsewhere": [], "broken": []}
    loopback_up()
    found["interfaces"] = interfaces()
    with serving(log=sys.stderr.fileno()) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context().new_page()

        def asked(request: Any) -> None:
            if not request.url.startswith(HERE):
                found["elsewhere"].append(request.url)

        page.on("request", asked)
        page.on("websocket", asked)
        for place in [*PAGES, *LINKS]:
            page.goto(f"{address}/{place}")
            page.get_by_text("not a medical device").last.wait_for(timeout=SECONDS)
            text = page.inner_text("body")
            found["pages"][place] = len(text)
            found["broken"] += [f"{place}: {b}" for b in BROKEN if b in text]
        browser.close()
    sys.stdout.write(json.dumps(found))


def loopback_up() -> None:
    """Switch the loopback on, which is off in a new network namespace."""
    with socket.socket() as any_socket:
        flags = struct.pack("16sh14x", b"lo", 0x1 | 0x40)
        try:
            fcntl.ioctl(any_socket, 0x8914, flags)  # SIOCSIFFLAGS
        except OSError:  # not permitted, and not needed where the network is not cut
            return


def interfaces() -> list[str]:
    """Network interfaces that this process can see."""
    lines = Path("/proc/net/dev").read_text().splitlines()[2:]
    return [line.partition(":")[0].strip() for line in lines]


if __name__ == "__main__":
    main(sys.argv[1])
