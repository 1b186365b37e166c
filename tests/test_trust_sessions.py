"""Nobody is shown the answer of another; a server that is killed loses no case."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

TOP = Path(__file__).resolve().parents[1]
if str(TOP) not in sys.path:  # for benchmarks/, where the load test lies
    sys.path.append(str(TOP))

from benchmarks.load import Figures, Models, clinician, crowd, researcher  # noqa: E402
from bme_bayes.ui.serving import free_port, serving  # noqa: E402

MOST_MS = 60_000
LINK = "?region=hip&setting=sports_medicine&groin_pain=present&age_band=30_50"


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


def test_sessions_at_once_get_their_own_answers(
    app_server: str, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.load.THINKING", 0.05)

    async def people() -> Figures:
        clock = asyncio.get_running_loop().time
        await clinician(9, app_server, models, clock() + 1, Figures())  # the server compiles first
        loop_end = clock() + 6
        out = Figures()
        await asyncio.gather(
            *(clinician(n, app_server, models, loop_end, out) for n in range(3)),
            researcher(4, app_server, models, loop_end, out),
        )
        return out

    out = asyncio.run(people())
    assert not out.faults, out.faults
    assert len(out.opened) == 4
    assert len(out.answers) >= 5


def test_an_answer_of_another_would_be_noticed(
    app_server: str, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "headline", lambda _: "the main cause of the edema is another")
    out = asyncio.run(crowd(1, app_server, 1, 1, models))
    assert any("another answer" in fault for fault in out.faults)


def test_the_link_restores_the_case_after_the_server_was_killed(browser: Browser) -> None:
    port = free_port()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    headline = page.get_by_text("Among patients like this")
    with serving(port) as (address, server):
        page.goto(f"{address}/{LINK}")
        expect(headline).to_be_visible(timeout=MOST_MS)
        page.wait_for_url(re.compile("model="), timeout=MOST_MS)
        link, said = page.url, headline.inner_text()
        server.kill()
        server.wait()
    with serving(port):
        page.goto(link)
        expect(headline).to_have_text(said, timeout=MOST_MS)
        expect(page.get_by_role("alert")).to_have_count(0)
        for name in ("groin_pain=present", "age_band=30_50", "setting=sports_medicine"):
            assert name in page.url
    context.close()
