"""The Compare page in a real browser: from the explorer and back."""

from playwright.sync_api import Page, expect

LONG = 90_000


def test_copy_from_the_explorer_change_one_thing_and_go_back(app_server: str, page: Page) -> None:
    page.set_default_timeout(20_000)
    page.goto(f"{app_server}/?region=hip&setting=general_orthopaedics&night_pain=present")
    expect(page.get_by_text("Entered · 1")).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Copy from the explorer").click()
    page.get_by_role("button", name="Duplicate").first.click()
    expect(page.get_by_text("all scenarios are the same")).to_be_visible()
    second = page.get_by_role("radiogroup", name="Click a finding to remove it").nth(1)
    second.get_by_text("Night pain: present").click()
    expect(page.get_by_role("rowheader", name="Night pain")).to_be_visible()
    expect(page.locator("[aria-label^='Chart of main cause by scenario']").first).to_be_attached()
    page.get_by_role("button", name="Open in the explorer").nth(1).click()
    expect(page.get_by_text("Entered · nothing yet")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Entered · 1")).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("rowheader", name="Night pain")).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
