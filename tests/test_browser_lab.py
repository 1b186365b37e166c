"""The Prior lab in a real browser: edit, save, load back, and use on Compare."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import settled
from playwright.sync_api import Error, Page, expect

from bme_bayes.reading import read_prior

LONG = 90_000
ROW, VALUE = 35, 340
"""Height of a row of the table, and where its column of values is."""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Compiling edited numbers takes a while on a busy machine."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


def go(page: Page, name: str, title: str) -> None:
    """Open a page by its link and wait until it is drawn to its end."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
    expect(page.get_by_text("not a medical device")).to_be_visible()
    settled(page)


def show(page: Page, view: str) -> None:
    page.get_by_role("radio", name=view, exact=True).click()


def enter(page: Page, row: int, text: str) -> None:
    """Type a value into a row of the base rates (1 is the first)."""
    editor = page.locator(".gdg-input")
    for _ in range(5):
        settled(page)
        box = page.get_by_test_id("stDataFrame").locator("canvas").first.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + VALUE, box["y"] + ROW * row + ROW / 2)
        page.keyboard.press("Enter")
        try:
            editor.fill(text, timeout=3_000)
            break
        except Error:  # the table was drawn anew under the click
            continue
    page.keyboard.press("Enter")


def test_edit_save_load_back_and_compare(app_server: str, page: Page, tmp_path: Path) -> None:
    page.set_default_timeout(30_000)
    page.goto(f"{app_server}/prior_lab")
    expect(page.get_by_text("Nothing differs yet: 34 cases")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Copy to edit").click()
    page.get_by_role("textbox", name="Name of the copy").fill("My clinic")
    page.get_by_role("button", name="Make the copy").click()
    expect(page.get_by_text("0 numbers differ from General orthopaedics")).to_be_visible()

    enter(page, 5, "1.5")
    fault = page.get_by_role("alert").filter(has_text="Not taken over yet")
    expect(fault).to_contain_text("Osteonecrosis (AVN), early (ARCO 1-2), Value: 1.5 is not a")
    go(page, "Teach", "Learn and teach")
    go(page, "Prior lab", "Prior lab")
    expect(fault, "what was typed is kept while another page is open").to_be_visible()
    expect(page.get_by_text("0 numbers differ")).to_be_visible()
    enter(page, 5, "0.3")
    expect(page.get_by_text("1 number differs from General orthopaedics")).to_be_visible()
    expect(fault).to_have_count(0)
    chart = page.locator("[aria-label^='Chart of the leading cause of each case']").first
    expect(chart).to_be_attached()
    version = page.get_by_text("Model version").inner_text()
    page.get_by_role("button", name="Let the others give way").click()
    expect(page.get_by_text("14 numbers differ")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 number differs")).to_be_visible()

    show(page, "Save and load")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the prior file").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "my_clinic.yaml"
    assert read_prior(path).base["hip"]["avn", "early_arco_1_2"].value == 0.3
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    expect(page.get_by_text("Loaded “My clinic”")).to_be_visible()
    expect(page.get_by_text("1 number differs")).to_be_visible()
    expect(page.get_by_text("Model version")).to_have_text(version)

    bomb = tmp_path / "bomb.yaml"
    bomb.write_text("a: &a [x, x]\nbase: [*a, *a]\n")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(bomb)
    expect(page.get_by_text("bomb.yaml:1: anchors and aliases are not read")).to_be_visible()

    go(page, "Compare", "Compare")
    page.get_by_role("button", name="Add an empty one").click()
    page.get_by_role("button", name="Duplicate").first.click()
    page.get_by_role("combobox", name="Clinical setting").nth(1).click()
    page.get_by_role("option", name="My clinic (mine)").first.click()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Clinical setting"))
    expect(row).to_contain_text("My clinic (mine)")
    changed = page.get_by_role("row").filter(has_text="Osteonecrosis (AVN)").first
    expect(changed).to_contain_text("(+")
    go(page, "Prior lab", "Prior lab")
    expect(page.get_by_text("1 number differs")).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
