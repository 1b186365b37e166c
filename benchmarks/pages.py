"""How long a click on the Explorer takes, beside an empty Streamlit page.

`make clicks`, or `python -m benchmarks.pages [CLICKS]`, writes docs/clicks.md.

Both pages are served side by side and clicked in turns in one headless Chromium. The time of a
click runs in the browser, from the click to the moment when the text that answers it is there.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bme_bayes.engine import Engine
from bme_bayes.library import app_path
from bme_bayes.reading import load
from bme_bayes.ui import state
from bme_bayes.ui.links import to_query
from bme_bayes.ui.serving import chromium, serving
from bme_bayes.ui.worked import WORKED

WRITTEN = Path("docs/clicks.md")
HEAD = """# How long a click takes

Written by `make clicks`. An empty Streamlit page (one button and a text) and the Explorer are
served side by side and clicked in turns in one headless Chromium. Time runs in the browser, from
the click to the text that answers it.

"""
EMPTY = """import streamlit as st
st.session_state.setdefault("n", 0)
if st.button("Click"):
    st.session_state.n += 1
with st.container(key="headline"):
    st.write(f"Clicks: {st.session_state.n}")
"""
CLICKS, WARM, SHOWN = 40, 6, 60
GROUPS = ("Risk factors", "Symptoms", "Examination", "Radiograph", "MRI", "Laboratory and DEXA")
ALTERNATELY = (("Night pain", "Present"), ("Night pain", "Absent"))
WATCH = """() => {
  const shown = () => document.querySelector(".st-key-headline")?.textContent ?? "";
  const running = () => document.querySelector("[data-testid=stApp]")
    ?.getAttribute("data-test-script-state") === "running";
  window.times = {};
  let before = shown(), start = 0;
  document.addEventListener("click", () => {
    start = performance.now(); before = shown(); window.times = {};
  }, true);
  new MutationObserver(() => {
    const now = performance.now() - start;
    if (window.times.answer === undefined && shown() !== before && shown()) {
      window.times.answer = now;
    }
    if (window.times.answer !== undefined && !running()) window.times.quiet ??= now;
    if (running()) delete window.times.quiet;
  }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ["data-test-script-state"],
  });
}"""


@dataclass
class Times:
    """Milliseconds of every click: to the answer's text, and until nothing is drawn any more."""

    answer: list[float] = field(default_factory=list)
    quiet: list[float] = field(default_factory=list)

    def take(self, page: Page, place: Locator) -> None:
        """Click and note both times."""
        place.click()
        page.wait_for_function("() => window.times.quiet !== undefined", timeout=30_000)
        page.wait_for_timeout(250)
        found = page.evaluate("() => window.times")
        self.answer.append(found["answer"])
        self.quiet.append(found["quiet"])


def explorer(browser: Browser, address: str) -> tuple[Page, int]:
    """The Explorer with a case and every group open, and the number of findings shown."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/?{urlencode(to_query(WORKED[0].case, ''))}")
    page.get_by_text("not a medical device").wait_for(timeout=90_000)
    for name in GROUPS:
        title = page.locator("summary", has_text=name).first
        title.click()
    page.wait_for_timeout(1500)
    shown = page.locator("[class*='st-key-group-']").locator("visible=true").count()
    if shown < SHOWN:
        raise SystemExit(f"only {shown} findings are shown")
    page.evaluate(WATCH)
    return page, shown


def empty(browser: Browser, address: str) -> Page:
    """The empty page."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.get_by_text("Clicks: 0").wait_for(timeout=60_000)
    page.evaluate(WATCH)
    return page


def clicked(browser: Browser, addresses: Sequence[str], clicks: int) -> tuple[Times, Times, int]:
    """Times of clicks on the empty page and on the Explorer, in turns; findings shown."""
    nothing, (page, shown) = empty(browser, addresses[0]), explorer(browser, addresses[1])
    of_empty, of_explorer = Times(), Times()
    for number in range(clicks + WARM):
        of_empty.take(nothing, nothing.get_by_role("button", name="Click"))
        label, choice = ALTERNATELY[number % 2]
        row = page.get_by_role("radiogroup", name=label, exact=True).first
        of_explorer.take(page, row.get_by_role("radio", name=choice, exact=True))
    for times in (of_empty, of_explorer):
        del times.answer[:WARM], times.quiet[:WARM]
    return of_empty, of_explorer, shown


def engine_part(repeats: int = 40) -> float:
    """Median milliseconds of the model's answers to one click: the causes, and what next."""
    case = WORKED[0].case
    engine = Engine(load(case.region, setting=case.setting))
    used = state.split(case, engine.network).used
    found = []
    for number in range(repeats):
        findings = state.findings({**used, "night_pain": ("present", "absent")[number % 2]})
        start = time.perf_counter()
        engine.posterior(findings)
        engine.next_findings(findings)
        found.append((time.perf_counter() - start) * 1e3)
    return statistics.median(found)


def report(of_empty: Times, of_explorer: Times, engine: float, shown: int) -> str:
    """The table for docs/clicks.md."""
    base = statistics.median(of_empty.answer)
    answer, quiet = statistics.median(of_explorer.answer), statistics.median(of_explorer.quiet)
    rows = [
        ("empty Streamlit page, click to its text", base, "1.0"),
        ("Explorer, click to the headline", answer, f"**{answer / base:.2f}** (to stay under 3)"),
        ("Explorer, click to the last chart's figures", quiet, f"{quiet / base:.2f}"),
        (
            "of that the model: causes and what next",
            engine,
            f"{engine / base:.2f} (to stay under {answer / base / 10:.2f})",
        ),
    ]
    lines = ["| what | median, ms | times the empty page |", "| --- | --- | --- |"]
    lines += [f"| {what} | {value:.0f} | {ratio} |" for what, value, ratio in rows]
    head = (
        f"{len(of_empty.answer)} clicks each, in turns, {shown} findings shown; "
        f"load {os.getloadavg()[0]:.1f}."
    )
    return f"{head}\n\n" + "\n".join(lines)


def main() -> None:
    """Serve both pages, click, and print."""
    clicks = int(sys.argv[1]) if len(sys.argv) > 1 else CLICKS
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "empty.py").write_text(EMPTY, encoding="utf-8")
        addresses = [
            stack.enter_context(serving(script=script))[0]
            for script in (folder / "empty.py", app_path())
        ]
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        of_empty, of_explorer, shown = clicked(browser, addresses, clicks)
        browser.close()
    text = HEAD + report(of_empty, of_explorer, engine_part(), shown) + "\n"
    WRITTEN.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
