"""What the documents point to exists, and every row of the overview has a place."""

import re
from pathlib import Path

import pytest

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
