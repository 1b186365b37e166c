"""The Explorer in a real browser: the paths that people take."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import group, open_group, settled
from playwright.sync_api import Locator, Page, expect

from bme_bayes.ui.worked import WORKED

LONG = 90_000
expect.set_options(timeout=20_000)
REGIONS_FIRST = "?region=hip&setting=general_orthopaedics"


@pytest.fixture
def explorer(app_server: str, page: Page) -> Page:
    page.set_default_timeout(20_000)
    page.goto(app_server)
    expect(page.get_by_text("not a medical device")).to_be_visible(timeout=LONG)
    settled(page)
    return page


def control(place: Locator | Page, label: str) -> Locator:
    return place.get_by_role("radiogroup", name=label, exact=True)


def answer(page: Page, title: str, label: str, choice: str) -> None:
    area = group(page, title)
    if not control(area, label).is_visible():
        open_group(area)
    control(area, label).get_by_role("radio", name=choice, exact=True).click()


def removable(page: Page, text: str) -> Locator:
    return page.get_by_role("radiogroup", name="Entered: click a finding").get_by_text(text)


def link(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_a_case_is_entered_and_a_finding_removed(explorer: Page) -> None:
    answer(explorer, "Symptoms", "Night pain", "Present")
    expect(removable(explorer, "Night pain: present")).to_be_visible()
    expect(explorer.get_by_text("Among patients like this")).to_be_visible()
    answer(explorer, "Risk factors", "Obesity or joint malalignment", "Probable")
    expect(explorer).to_have_url(re.compile("night_pain=present&obesity=probable"))
    expect(removable(explorer, "Obesity or joint malalignment: probable")).to_be_visible()
    removable(explorer, "Night pain: present").click()
    expect(removable(explorer, "Night pain: present")).to_have_count(0)
    unknown = control(group(explorer, "Symptoms"), "Night pain").get_by_role("radio").first
    expect(unknown).to_have_attribute("aria-checked", "true")


def test_quick_answers_are_all_kept(explorer: Page) -> None:
    open_group(group(explorer, "Symptoms"))
    labels = [
        "Night pain",
        "Pain at rest",
        "Cannot bear weight",
        "Fever, chills or malaise",
        "Deep, hard-to-localise bone pain",
        "Morning stiffness over 30 minutes",
    ]
    for label in labels:
        row = control(group(explorer, "Symptoms"), label)
        row.get_by_role("radio", name="Absent", exact=True).click()
    for label in labels:
        expect(removable(explorer, f"{label}: absent")).to_be_visible()
    assert len(link(explorer)) == len(labels) + 3


def test_a_suggestion_is_tried_and_undone(explorer: Page) -> None:
    answer(explorer, "Symptoms", "Night pain", "Present")
    expect(removable(explorer, "Night pain: present")).to_be_visible()
    explorer.get_by_role("button", name=re.compile(r"^Present → \d+")).first.click()
    expect(explorer.get_by_text("Entered · 2")).to_be_visible()
    assert len(link(explorer)) == 5
    explorer.get_by_role("button", name="Undo").click()
    expect(explorer.get_by_text("Entered · 1")).to_be_visible()
    expect(removable(explorer, "Night pain: present")).to_be_visible()


def test_search_by_an_everyday_word(explorer: Page) -> None:
    explorer.get_by_label("Find a finding").press_sequentially("can't walk")
    found = explorer.get_by_role("radiogroup", name="Cannot bear weight").first
    found.get_by_role("radio", name="Present", exact=True).click()
    expect(removable(explorer, "Cannot bear weight: present")).to_be_visible()


def test_the_link_restores_the_case_in_a_new_tab(explorer: Page) -> None:
    explorer.get_by_role("button", name=WORKED[2].title).click()
    expect(explorer.get_by_text("red flags")).to_be_visible(timeout=LONG)
    expect(explorer).to_have_url(re.compile("systemic_signs=present.*model="))
    other = explorer.context.new_page()
    other.goto(explorer.url)
    expect(removable(other, "Night pain: present")).to_be_visible(timeout=LONG)
    expect(other.get_by_text("red flags")).to_be_visible()
    spine = other.get_by_role("radiogroup", name="Region").get_by_role("radio", name="Spine")
    expect(spine).to_have_attribute("aria-checked", "true")
    assert link(other) == link(explorer)
    assert other.get_by_text("another version").count() == 0


def test_a_link_of_another_version_or_with_faults_says_so(app_server: str, page: Page) -> None:
    page.goto(f"{app_server}/{REGIONS_FIRST}&night_pain=present&nonsense=1&model=000000000000")
    expect(removable(page, "Night pain: present")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("another version of the model")).to_be_visible()
    expect(page.get_by_text("that is not known")).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0


def test_another_region_and_back(explorer: Page) -> None:
    answer(explorer, "Symptoms", "Night pain", "Present")
    expect(removable(explorer, "Night pain: present")).to_be_visible()
    answer(explorer, "Examination", "Groin or anterior thigh pain", "Present")
    expect(explorer.get_by_text("Entered · 2")).to_be_visible()
    region = explorer.get_by_role("radiogroup", name="Region")
    region.get_by_role("radio", name="Knee").click()
    note = explorer.get_by_text("Set aside: groin or anterior thigh pain")
    expect(note).to_be_visible(timeout=LONG)
    expect(explorer.get_by_text("Entered · 1")).to_be_visible()
    region.get_by_role("radio", name="Hip").click()
    expect(explorer.get_by_text("Entered · 2")).to_be_visible(timeout=LONG)
    expect(note).to_have_count(0)


def test_a_worked_case_fills_the_page(explorer: Page) -> None:
    explorer.get_by_role("button", name=WORKED[0].title).click()
    expect(removable(explorer, "Pregnancy: third trimester")).to_be_visible(timeout=LONG)
    for number in range(2):
        chart = explorer.get_by_test_id("stVegaLiteChart").nth(number)
        expect(chart.locator("canvas, svg").first).to_be_visible()
    described = explorer.locator("[aria-label^='Bar chart of the possible causes']")
    expect(described.first).to_be_attached()
    assert explorer.get_by_test_id("stException").count() == 0


def test_details_open_and_stay_open_while_the_case_changes(explorer: Page) -> None:
    table = group(explorer, "All figures as a table")
    open_group(table)
    expect(table.get_by_role("cell", name="Osteoarthritis")).to_be_visible()
    stories = group(explorer, "Whole stories")
    open_group(stories)
    expect(stories.get_by_text("Any other combination")).to_be_visible()
    answer(explorer, "Symptoms", "Night pain", "Present")
    expect(removable(explorer, "Night pain: present")).to_be_visible()
    expect(stories.get_by_text("Any other combination")).to_be_visible()


def test_it_works_by_keyboard(explorer: Page) -> None:
    open_group(group(explorer, "Symptoms"))
    row = control(group(explorer, "Symptoms"), "Night pain")
    row.get_by_role("radio").first.focus()
    for _ in range(3):
        explorer.keyboard.press("ArrowRight")
    explorer.keyboard.press("Space")
    expect(removable(explorer, "Night pain: present")).to_be_visible()


def test_nothing_is_cut_off_at_the_width_of_a_phone(app_server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app_server}/{REGIONS_FIRST}&edema_extent=regional&night_pain=present")
    expect(removable(page, "Night pain: present")).to_be_visible(timeout=LONG)
    wide = page.evaluate(
        "() => [...document.querySelectorAll('[data-testid=stMain] *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1"
        " && e.getBoundingClientRect().width > 0).map(e => e.dataset.testid || e.className)"
    )
    assert wide == []


def test_pause_and_resume(explorer: Page) -> None:
    answer(explorer, "Symptoms", "Night pain", "Present")
    answer(explorer, "Symptoms", "Pain at rest", "Present")
    expect(explorer.get_by_text("Entered · 2")).to_be_visible()
    headline = explorer.locator(".st-key-headline")
    both = headline.inner_text()
    explorer.get_by_role("radio", name="Pause it").click()
    counting = explorer.get_by_role("toolbar", name="Entered: those marked count")
    counting.get_by_text("Pain at rest: present").click()
    expect(explorer.get_by_text("Entered · 1 · 1 paused")).to_be_visible()
    expect(headline).not_to_have_text(both)
    expect(explorer).to_have_url(re.compile("paused=rest_pain"))
    other = explorer.context.new_page()
    other.goto(explorer.url)
    expect(other.get_by_text("Entered · 1 · 1 paused")).to_be_visible(timeout=LONG)
    counting.get_by_text("Pain at rest: present").click()
    expect(explorer.get_by_text("Entered · 2")).to_be_visible()
    expect(headline).to_have_text(both)
    explorer.get_by_role("button", name="Undo").click()
    expect(explorer.get_by_text("Entered · 1 · 1 paused")).to_be_visible()


def test_several_findings_from_one_click_and_one_undo(explorer: Page) -> None:
    explorer.get_by_role("button", name="Blood tests normal").click()
    expect(removable(explorer, "C-reactive protein: normal")).to_be_visible()
    expect(removable(explorer, "Raised white cell count: absent")).to_be_visible()
    explorer.get_by_role("button", name="Radiograph normal").click()
    expect(removable(explorer, "Plain radiograph: normal")).to_be_visible()
    explorer.get_by_role("button", name="Undo").click()
    expect(removable(explorer, "Plain radiograph: normal")).to_have_count(0)
    explorer.get_by_role("button", name="Undo").click()
    expect(explorer.get_by_text("Entered · nothing yet")).to_be_visible()
    explorer.get_by_role("button", name="MRI not done yet").click()
    expect(removable(explorer, "MRI not done yet")).to_be_visible()
    assert link(explorer)["marrow_edema"] == "not_imaged"


def test_the_intervals_follow_by_themselves(explorer: Page) -> None:
    answer(explorer, "Symptoms", "Night pain", "Present")
    expect(removable(explorer, "Night pain: present")).to_be_visible()
    expect(explorer.get_by_text("Thin line: 95 % interval")).to_be_visible()
    described = explorer.locator("[aria-label^='Bar chart of the possible causes']").first
    expect(described).to_have_attribute("aria-label", re.compile(r"\d+ to \d+ of 100"))


def test_why_and_how_sure_and_the_source_of_a_number(explorer: Page) -> None:
    answer(explorer, "Symptoms", "Night pain", "Present")
    expect(removable(explorer, "Night pain: present")).to_be_visible()
    # Nothing runs beside it now.
    expect(explorer.get_by_text("Thin line: 95 % interval")).to_be_visible()
    panel = explorer.get_by_role("radiogroup", name="Look closer")
    panel.get_by_role("radio", name="Why").click()
    described = explorer.locator("[aria-label^='Bar chart of what speaks for and against']")
    expect(described.first).to_be_attached()
    panel.get_by_role("radio", name="How sure").click()
    expect(explorer.get_by_text("If everything unknown were known")).to_be_visible()
    open_group(group(explorer, "Which numbers matter most"))
    expect(explorer.get_by_text("95 % interval, all others kept")).to_be_visible()
    settled(explorer)
    explorer.get_by_role("button", name="Source").first.click()
    expect(explorer.get_by_role("heading", name="Network and sources")).to_be_visible()
    expect(explorer.get_by_text(re.compile(r"^[1-9]\d? of \d+ numbers"))).to_be_visible()
    explorer.get_by_role("link", name="Explorer").click()
    expect(explorer.get_by_text("Entered · 1")).to_be_visible()
    sure = explorer.get_by_role("radio", name="How sure")
    expect(sure).to_have_attribute("aria-checked", "true")
