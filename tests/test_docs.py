"""The documentation site builds without a warning, its links lead somewhere, and it is whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from examples import TOP

import bme_bayes as bb

DOCS = TOP / "docs"
AUDIENCES = ("clinician", "educator", "researcher")


class Page(HTMLParser):
    """Anchors of a page, where its links lead, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[n] for n in ("id", "name") if n in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag in ("script", "img", "iframe", "source") and "src" in values:
            self.loaded.append(values["src"])
        elif tag == "link" and "href" in values:
            self.loaded.append(values["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does, with every way to the network closed."""
    out = tmp_path_factory.mktemp("site")
    options = ["-W", "--keep-going", "-q", "-c", "docs", "-d", str(out / "trees")]
    nowhere = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")}
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, ".", str(out / "html")],
        cwd=TOP, env=os.environ | nowhere, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return out / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html")}


def test_links_and_anchors_lead_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    lost = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            here = path.relative_to(site)
            if not target.is_file():
                lost.append(f"{here} -> {link}")
            elif target in pages and unquote(parts.fragment) not in {"", *pages[target].anchors}:
                lost.append(f"{here} -> {link} (no such place)")
    assert not lost, lost[:10]
    assert sum(len(p.links) for p in pages.values()) > 1000


def test_links_to_other_sites_are_well_formed(pages: dict[Path, Page]) -> None:
    """Whether they answer cannot be asked here: there is no network."""
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https"), f"{path.name}: {link}"
                assert re.fullmatch(r"[\w.-]+\.[a-z]{2,}", parts.netloc), f"{path.name}: {link}"


def test_pages_load_nothing_from_elsewhere(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for source in page.loaded:
            assert not urlsplit(source).netloc, f"{path.name} loads {source}"


def test_site_is_whole(site: Path, pages: dict[Path, Page]) -> None:
    """Every page of docs/ and every card has a place, and the reference has every public name."""
    left = {"evaluation-notes"}
    for source in sorted(DOCS.rglob("*.md")):
        if "_build" not in source.parts and source.stem not in left:
            assert (site / source.relative_to(TOP)).with_suffix(".html").is_file(), source
    for card in (TOP / "networks" / "cards").glob("*.md"):
        assert (site / "networks" / "cards" / f"{card.stem}.html").is_file()
    for audience in AUDIENCES:
        assert (site / "docs" / "tutorials" / f"{audience}.html").is_file()
    anchors = set().union(*(p.anchors for p in pages.values()))
    missing = [n for n in bb.__all__ if f"{getattr(bb, n).__module__}.{n}" not in anchors]
    assert not missing
    for name in ("bme_bayes.exchange.risk_assessment.risk_assessment",
                 "bme_bayes.learning.counts.update_presence",
                 "bme_bayes.questions.explain.explain"):  # fmt: skip
        assert name in anchors


def test_home_page_is_at_the_top(site: Path) -> None:
    assert "url=docs/index.html" in (site / "index.html").read_text(encoding="utf-8")


def test_docstrings_read_as_they_were_written(site: Path) -> None:
    text = (site / "docs" / "reference" / "evaluation.html").read_text(encoding="utf-8")
    assert "system-message" not in text
    assert ":param" not in text
    words = re.sub(r"<[^>]+>", "", text)
    assert "how many groups of equal size at most" in " ".join(words.split())


def test_citation_file() -> None:
    data = yaml.safe_load((TOP / "CITATION.cff").read_text(encoding="utf-8"))
    assert data["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(data)
    assert data["type"] == "software"
    assert data["version"] == bb.__version__
    assert data["license"] == "Apache-2.0"
    assert all(set(author) == {"name"} for author in data["authors"])  # an entity, no person
