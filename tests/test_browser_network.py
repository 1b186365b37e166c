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


def test_a_click_on_a_point_shows_its_links(app_server: str, page: Page) -> None:
    page.goto(f"{app_server}/network")
    box = page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first
    box.wait_for(timeout=LONG)
    page.wait_for_timeout(500)
    size = box.bounding_box()
    assert size is not None
    # The first point of the left column: age band.
    box.click(position={"x": size["width"] * 0.02 / 4.02, "y": size["height"] * 0.5 / 24})
    expect(page.get_by_text("What bears on it")).to_be_visible()


def test_a_link_opens_one_number_with_its_sources(app_server: str, page: Page) -> None:
    key = "[frequency:serpentine_band:present:avn.late_arco_3_4]"
    page.goto(f"{app_server}/network?number={key}&region=hip&setting=sports_medicine")
    expect(page.get_by_text("Grade: published and estimated")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("link", name="Ikemura S 2010")).to_be_visible()
    expect(page.get_by_label("Search", exact=True)).to_have_value(key)
    assert "number=" not in page.url


def test_a_wide_table_scrolls_on_a_phone(app_server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{app_server}/network")
    page.get_by_role("radio", name="One finding").click(timeout=LONG)
    page.get_by_role("combobox", name="Finding, risk factor").fill("Age band")
    page.get_by_role("option", name="Age band").click()
    row = page.get_by_role("row", name="All patients of the setting")
    expect(row).to_contain_text("weight of 10 patients")
    figures = row.get_by_role("cell").first
    height = figures.evaluate("cell => cell.getBoundingClientRect().height")
    assert height < 70, "the figures of a row stand on one line"
