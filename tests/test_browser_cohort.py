"""The Cohort page in a real browser: a table in, answers and downloads out."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Page, expect

LONG = 90_000


def test_upload_a_filled_template_see_and_download(
    app_server: str, page: Page, tmp_path: Path
) -> None:
    page.set_default_timeout(20_000)
    page.goto(f"{app_server}/cohort")
    with page.expect_download(timeout=LONG) as started:
        page.get_by_role("button", name="Template for the hip").click()
    with Path(started.value.path()).open(newline="") as handle:
        head, allowed = list(csv.reader(handle))
    assert allowed[head.index("sex")] == "female | male"
    patients = [dict.fromkeys(head, "") | {"case_id": f"p{i}", "age": str(40 + i), "sex": "male",
                "diagnosis": ("avn", "bmes")[i % 2]} for i in range(8)]  # fmt: skip
    patients[7]["sex"] = "mail"
    filled = tmp_path / "filled.csv"
    with filled.open("w", newline="") as handle:
        csv.writer(handle).writerows([head, allowed, *(p.values() for p in patients)])
    page.locator("input[type=file]").set_input_files(filled)
    page.get_by_role("button", name="Score 8 patients").click()
    expect(page.get_by_text("7 patients scored.")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("1 row has no answer")).to_be_visible()
    expect(page.get_by_role("button", name="Score 8 patients")).to_have_count(0)
    calibration = page.locator("[aria-label^='Calibration']")
    expect(calibration.first).to_be_attached()
    with page.expect_download() as started:
        page.get_by_role("button", name="All figures (CSV)").click()
    with Path(started.value.path()).open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [r["case_id"] for r in rows] == [f"p{i}" for i in range(7)]
    assert all(0 < float(r["avn"]) < 1 for r in rows)
    with page.expect_download() as started:
        page.get_by_role("button", name="Bad rows (CSV)").click()
    assert "mail" in Path(started.value.path()).read_text()
    assert page.get_by_test_id("stException").count() == 0
