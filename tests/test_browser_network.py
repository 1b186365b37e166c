"""The network page in a real browser: from the graph to a number and its source."""

from playwright.sync_api import Page, expect

LONG = 90_000


def test_from_the_graph_to_a_source(app_server: str, page: Page) -> None:
    page.set_default_timeout(20_000)
    page.goto(f"{app_server}/network")
    graph = page.locator("[aria-label^='Graph of']")
    expect(graph.first).to_be_attached(timeout=LONG)
    page.get_by_label("Show the links of").click()
    page.keyboard.type("osteonecrosis")
    page.keyboard.press("Enter")
    expect(page.get_by_text("What bears on it")).to_be_visible()
    page.get_by_text("One finding", exact=True).click()
    expect(page.get_by_role("rowheader", name="None of the diagnoses")).to_be_visible()
    page.get_by_text("All numbers", exact=True).click()
    page.get_by_label("Search", exact=True).fill("ikemura 2010")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_text("Cards", exact=True).click()
    expect(page.get_by_role("heading", name="Workup", exact=True)).to_be_visible()
    page.get_by_text("Sources (").click()
    link = page.locator("a[href^='https://doi.org/']").first
    expect(link).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
