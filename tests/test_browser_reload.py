"""A reload in a real browser: the case comes back, whatever page was shown."""

import re

import pytest
from playwright.sync_api import Page, expect

LONG = 90_000
expect.set_options(timeout=20_000)


@pytest.mark.parametrize("title", ["Compare", "Network and sources"])
def test_a_reload_keeps_the_case(app_server: str, page: Page, title: str) -> None:
    page.set_default_timeout(20_000)
    page.goto(f"{app_server}/?region=knee&night_pain=present&limp=present")
    expect(page.get_by_text("Entered · 2")).to_be_visible(timeout=LONG)
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("region=knee.*night_pain=present&limp=present"))
    page.reload()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Explorer").click()
    expect(page.get_by_text("Entered · 2")).to_be_visible(timeout=LONG)
    expect(page).to_have_url(re.compile("region=knee.*night_pain=present&limp=present"))


def test_a_link_to_a_number_leaves_the_case_alone(app_server: str, page: Page) -> None:
    page.set_default_timeout(20_000)
    page.goto(f"{app_server}/network?number=crp&region=knee&setting=general_orthopaedics")
    expect(page.get_by_placeholder("e.g.")).to_have_value("crp", timeout=LONG)
    page.get_by_role("link", name="Explorer").click()
    expect(page.get_by_text("Entered · nothing yet")).to_be_visible(timeout=LONG)
    assert page.get_by_test_id("stAlert").count() == 0
