"""What the browser tests share: the app's server and a Chromium page."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bme_bayes.ui import serving

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser: `CHROMIUM`, or the first one installed."""
    try:
        return serving.chromium()
    except SystemExit as error:
        pytest.fail(str(error))


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app, served by `streamlit run app.py` for the whole session."""
    environment = {k: v for k, v in os.environ.items() if k != "BME_BAYES_DATA"}
    log = tmp_path_factory.mktemp("app") / "server.log"
    with ExitStack() as stack:
        output = stack.enter_context(log.open("w"))
        try:
            app = serving.serving(log=output.fileno(), environment=environment)
            address, _ = stack.enter_context(app)
        except SystemExit:
            pytest.fail(f"the app did not start:\n{log.read_text()}")
        yield address


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium a test module.

    Not one a session: Playwright keeps an event loop running in this thread, which would break
    tests elsewhere that start their own.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of desktop size, with no cookies or stored state."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No connection but to this computer: whoever asks for one fails, and so does the test."""
    asked: list[object] = []
    connect = socket.socket.connect

    def local(one: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1")):
            asked.append(address)
            raise OSError(f"the network is cut off: {address}")
        connect(one, address)  # type: ignore[arg-type]

    def unknown(host: object, *_: object, **__: object) -> None:
        asked.append(host)
        raise socket.gaierror(f"the network is cut off: {host!r}")

    monkeypatch.setattr(socket.socket, "connect", local)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    yield
    assert asked == []
