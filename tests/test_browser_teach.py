"""The Teach page in a real browser: a case played to the end, and a teacher's own file."""

from browsing import group, open_group, settled
from playwright.sync_api import FilePayload, Page, expect

LONG = 90_000


def test_a_case_is_taught_to_the_end(app_server: str, page: Page) -> None:
    page.set_default_timeout(20_000)
    page.goto(f"{app_server}/teach")
    page.get_by_role("button", name="Start this case").click(timeout=LONG)
    expect(page.get_by_text("What do you think?")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Bone or joint infection").click()
    page.get_by_role("button", name="Commit to this").click()
    expect(page.get_by_text("You and the model")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Examination").click()
    expect(page.get_by_text("Step 1: Examination")).to_be_visible()
    page.get_by_role("button", name="Commit to this").click()
    expect(page.get_by_text("Effect of this step")).to_be_visible()
    page.get_by_role("button", name="That is enough").click()
    expect(page.get_by_text("It was:")).to_be_visible()
    expect(page.get_by_text("Your score")).to_be_visible()
    expect(page.get_by_text("The fewest possible")).to_be_visible()
    path = page.locator("[aria-label^='Line chart of how likely']")
    expect(path.first).to_be_attached()
    page.get_by_role("button", name="Another case").click()
    expect(page.get_by_text("Your session: 1 finished")).to_be_visible()
    page.get_by_role("link", name="Explorer").click()
    page.get_by_role("link", name="Teach").click()
    expect(page.get_by_text("Your session: 1 finished")).to_be_visible(timeout=LONG)
    assert page.get_by_test_id("stException").count() == 0


def test_a_template_is_filled_in_loaded_and_played(app_server: str, page: Page) -> None:
    page.set_default_timeout(20_000)
    page.goto(f"{app_server}/teach")
    own = group(page, "Teach with cases of your own")
    expect(own).to_be_visible(timeout=LONG)
    settled(page)
    open_group(own)
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Template").click()
    text = download.value.path().read_text(encoding="utf-8")
    name = download.value.suggested_filename
    filled = text.replace("# crp: markedly_raised", "crp: markedly_raised")
    assert filled != text
    upload = page.locator("input[type=file]")
    wrong = b"region: hop\nfindings: {}\n"
    upload.set_input_files(FilePayload(name=name, mimeType="text/plain", buffer=wrong))
    expect(page.get_by_text("Case 1: the region “hop” is not known")).to_be_visible()
    upload.set_input_files(FilePayload(name=name, mimeType="text/plain", buffer=filled.encode()))
    expect(page.get_by_text("Your case is in the list above")).to_be_visible()
    page.get_by_role("button", name="Start this case").click()
    expect(page.get_by_text("Age band: 30 to 50")).to_be_visible()
