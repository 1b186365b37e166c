"""Writes the pictures in `docs/images`: `python -m bme_bayes.ui.screenshots [FOLDER]`.

Needs the development environment (Playwright) and Chromium; `CHROMIUM` may name it. The app is
started on a free port of this computer and ended again.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import pandas as pd
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bme_bayes.cases import read_cases
from bme_bayes.library import networks_folder
from bme_bayes.ui.links import to_query
from bme_bayes.ui.serving import START_SECONDS, chromium, serving
from bme_bayes.ui.teach_cases import PUBLISHED
from bme_bayes.ui.worked import WORKED

FOLDER = Path("docs/images")
COLORS = 96
NARROW = 640


@dataclass(frozen=True)
class Look:
    """How a picture is taken: what its name ends with, the window, the theme."""

    ending: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


LOOKS = (
    Look("", 1360, 1000, "light"),
    Look("-dark", 1360, 1000, "dark"),
    Look("-phone", 390, 1000, "light"),
)


@dataclass(frozen=True)
class Scene:
    """What a picture shows: the name of a page in the navigation, and what is clicked there.

    The page is reached from the explorer with a worked case in it. With `uploads` the published
    cases of the hip are given to the page before the clicks.
    """

    name: str
    page: str = ""
    clicks: tuple[str, ...] = ()
    looks: tuple[Look, ...] = LOOKS
    uploads: bool = False


LAB = ("Copy to edit", "Make the copy", "One case", "What would turn it", "Enter it in my setting",
       "Edit and see")  # fmt: skip
SCENES = (
    Scene("explorer"),
    Scene("compare", "Compare", ("Copy from the explorer", "Duplicate")),
    Scene("teach", "Teach", ("Start this case",)),
    Scene("teach-lesson", "Teach", ("Lessons",), LOOKS[:1]),
    Scene("network", "Network and sources"),
    Scene("network-numbers", "Network and sources", ("All numbers",), LOOKS[:1]),
    Scene("prior-lab", "Prior lab", LAB),
    Scene("cohort", "Cohort", ("Score",), uploads=True),
)


def take(browser: Browser, address: str, scene: Scene, look: Look) -> bytes:
    """One picture as PNG, with few colours so that it stays small."""
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme
    )
    page = context.new_page()
    page.goto(f"{address}/?{urlencode(to_query(WORKED[0].case, ''))}")
    _settled(page)
    if scene.page:
        if look.width < NARROW:
            page.get_by_test_id("stExpandSidebarButton").click()
        page.get_by_role("link", name=scene.page).click()
        _settled(page)
        if look.width < NARROW:
            page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
            _settled(page)
    if scene.uploads:
        page.locator("input[type=file]").set_input_files(
            {"name": "published.csv", "mimeType": "text/csv", "buffer": published_table("hip")}
        )
        _settled(page)
    for label in scene.clicks:
        page.get_by_role("button", name=label).or_(
            page.get_by_role("radio", name=label)
        ).first.click()
        _settled(page)
    picture = page.screenshot()
    context.close()
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLORS)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def published_table(region: str) -> bytes:
    """The published cases of a region as a cohort, a CSV file."""
    cases = [c for c in read_cases(networks_folder() / PUBLISHED) if c.region == region]
    rows = [{"case_id": c.case_id, "diagnosis": c.diagnosis, **c.findings} for c in cases]
    return pd.DataFrame(rows).to_csv(index=False).encode()


def _settled(page: Page) -> None:
    """Wait until the page is drawn whole: its last line stands, and nothing runs."""
    page.get_by_text("not a medical device").first.wait_for(timeout=START_SECONDS * 1000)
    page.wait_for_timeout(1000)
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_timeout(1500)


def main(folder: Path) -> None:
    """Write every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for scene in SCENES:
            for look in scene.looks:
                picture = take(browser, address, scene, look)
                (folder / f"{scene.name}{look.ending}.png").write_bytes(picture)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
