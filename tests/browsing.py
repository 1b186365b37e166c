"""What tests in a browser wait for, so that no click falls on what still moves."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

UNROLLED = """area => Promise.allSettled(
  area.getAnimations({ subtree: true })
    .filter(moving => moving.effect.getComputedTiming().endTime < Infinity)
    .map(moving => moving.finished))"""


def group(page: Page, title: str) -> Locator:
    """A group that can be opened."""
    return page.get_by_test_id("stExpander").filter(has=page.locator("summary", has_text=title))


def open_group(area: Locator) -> None:
    """Open a group, and wait until it has unrolled: what lies in it moves until then."""
    area.locator("summary").click()
    area.evaluate(UNROLLED)


def settled(page: Page) -> None:
    """Wait until the page is not being drawn."""
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
