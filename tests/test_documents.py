"""What the documents point to exists, and every row of the overview has a place."""

import re
from pathlib import Path

import pytest

import bme_bayes as bb
from bme_bayes.cases import read_cases
from bme_bayes.network import REGIONS
from bme_bayes.questions.targets import DANGEROUS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchor(heading: str) -> str:
    words = re.sub(r"[^\w\s-]", "", heading.strip().lower())
    return re.sub(r"\s", "-", words)


def anchors(page: Path) -> set[str]:
    lines = page.read_text(encoding="utf-8").splitlines()
    return {anchor(line.lstrip("#")) for line in lines if line.startswith("#")}


def test_every_row_of_the_overview_has_a_place() -> None:
    rows = [
        line.split("|")
        for line in (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").splitlines()
        if re.match(r"\| O\d+ \|", line)
    ]
    assert [r[1].strip() for r in rows] == [f"O{i}" for i in range(1, 23)]
    assert all(LINK.search(r[3]) for r in rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, place = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{page.name} points to {target}"
        if place and found.suffix == ".md":
            assert place in anchors(found), f"{page.name} points to {target}"


def table_row(text: str, first: str) -> list[str]:
    """The cells of the first row of a page's tables that starts with this cell."""
    line = next(x for x in text.splitlines() if x.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("region", REGIONS.values())
def test_model_card_counts_what_the_model_has(region: str) -> None:
    card, network = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8"), bb.load(region)
    counts = len(network.diagnoses), len(network.kinds), len(network.variables)
    assert table_row(card, region) == [region, *map(str, counts)]


def test_model_card_says_what_the_evaluation_found() -> None:
    """Must-not-miss in patients and as a share, and calibration, where it is at its worst too."""
    card = " ".join((ROOT / "docs" / "model-card.md").read_text(encoding="utf-8").split())
    scores = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    cases = read_cases(ROOT / "networks" / "cases" / "published_cases.jsonl")
    dangers = [c for c in cases if c.diagnosis in DANGEROUS]
    head = table_row(scores, "group")
    found = {}
    for group in ("all", "deceptive", "knee", "hip", "ankle_foot", "spine"):
        row = dict(zip(head, table_row(scores, group), strict=True))
        size = sum(group in ("all", c.region, c.difficulty) for c in dangers)
        share = row["must-not-miss at 5 %"]
        found[group] = (round(float(share) * size), size, share, row["calibration error, leader"])
    hit, size, share, gap = found["all"]
    assert f"{size} of the 126 have a diagnosis that must not be missed" in card
    assert f"in {hit} of them ({share}, interval" in card
    assert f"{found['knee'][0]} of {found['knee'][1]} at the knee" in card
    assert f"{found['hip'][0]} of {found['hip'][1]} at the hip" in card
    assert f"{found['spine'][0]} of {found['spine'][1]} at the spine" in card
    assert found["ankle_foot"][2] == "1.00"
    deceptive = found["deceptive"]
    assert size - hit == deceptive[1] - deceptive[0] == 3
    among = f"among the {deceptive[1]} deceptive ones ({deceptive[2]})"
    assert f"three that it missed are {among}" in card
    assert f"differs from its accuracy by {gap} on average" in card
    gaps = sorted((found[r][3], r) for r in REGIONS.values())
    (least, here), (most, there) = gaps[0], gaps[-1]
    regions = f"in single regions by {least} ({here}) to {most} ({there})"
    assert f"in deceptive cases by {deceptive[3]}, {regions}" in card


def test_the_evaluation_page_ends_with_the_notes() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    notes = (ROOT / "docs" / "evaluation-notes.md").read_text(encoding="utf-8")
    assert page.strip().endswith(notes.strip())
