"""No page has a serious accessibility fault: axe-core's rules in both themes, on desk and phone."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from bme_bayes.ui.links import to_query
from bme_bayes.ui.worked import WORKED

PAGES = sorted(
    path.stem
    for path in (Path(__file__).resolve().parents[1] / "bme_bayes/ui/pages").glob("[!_]*.py")
)
GRAVE = ("serious", "critical")
VIEWS = {
    "teach": (
        "Teach with cases of your own",
        "Start this case",
        "Bone or joint infection",
        "Commit to this",
        "That is enough: finish",
        "Lessons",
        "Count the people",
        "What a result is worth",
        "A diagnosis of exclusion",
        "Counted twice",
        "What does not matter",
    ),
    "network": (
        "One finding",
        "All numbers",
        "Published and estimated",
        "Sources",
        "Cards",
        "Questions",
        "Terms",
        "Overview",
    ),
}
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


def open_page(page: Page, app_server: str, name: str) -> None:
    path = "" if name == "explorer" else name
    query = f"?{urlencode(to_query(WORKED[0].case, ''))}" if name == "explorer" else ""
    page.goto(f"{app_server}/{path}{query}")
    page.get_by_text("not a medical device").first.wait_for(timeout=60_000)
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_timeout(500)


def faults(page: Page, *rules: str) -> list[str]:
    """Grave faults by all rules, or by those that are named."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    found = Axe().run(page, options={**options, "runOnly": rules} if rules else options)
    found = found.response["violations"]
    return [
        f"{rule['impact']} {rule['id']}: {node['html'][:160]} ({node['failureSummary'][:160]})"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", "desk"), ("dark", "desk"), ("light", "phone")]
)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(
    browser: Browser, app_server: str, name: str, scheme: str, size: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    open_page(page, app_server, name)
    found = faults(page)
    context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_serious_further_in(
    browser: Browser, app_server: str, name: str, scheme: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    rules = ["color-contrast"] if scheme == "dark" else []  # all else is alike in both themes
    page = context.new_page()
    open_page(page, app_server, name)
    found = []
    for label in VIEWS[name]:
        page.get_by_text(label, exact=True).first.click()
        page.wait_for_timeout(150)
        page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        found += [f"{label}: {fault}" for fault in faults(page, *rules)]
    context.close()
    assert not found, "\n".join(found)


def test_axe_sees_a_fault(page: Page) -> None:
    page.set_content("<html lang=en><title>t</title><main><img src=x><input></main></html>")
    assert faults(page)
    assert not faults(page, "color-contrast")
    page.set_content("<html lang=en><main style='color:#ccc;background:#fff'>pale</main></html>")
    assert faults(page, "color-contrast")
