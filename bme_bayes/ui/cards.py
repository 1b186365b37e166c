"""Reference cards as pages show them: sections, and numbered references for the keys in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bme_bayes.documents import parse_yaml, read_text
from bme_bayes.errors import InputError
from bme_bayes.library import networks_folder
from bme_bayes.sources import Source

KEY = re.compile(r"\[([a-z0-9_]+)\](?!\()")
COVERAGE_ROW = re.compile(r"^\| (O\d+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Card:
    """One reference card. `sections` are heading and text, in order; `intro` comes before."""

    id: str
    title: str
    kind: str
    summary: str
    covers: tuple[str, ...]
    sources: tuple[str, ...]
    intro: str
    sections: tuple[tuple[str, str], ...]


def load_cards(folder: Path | None = None) -> tuple[Card, ...]:
    """All cards, those of diagnoses first."""
    path = (folder or networks_folder()) / "cards"
    cards = _load(path)
    return tuple(sorted(cards, key=lambda c: (c.kind != "diagnosis", c.title)))


@lru_cache(maxsize=2)
def _load(path: Path) -> tuple[Card, ...]:
    return tuple(parse_card(read_text(file), file.name) for file in sorted(path.glob("*.md")))


def parse_card(text: str, name: str) -> Card:
    """A card from its file's text; raises `InputError` if it has no head."""
    parts = text.split("---\n", 2)
    head = parse_yaml(parts[1], name) if len(parts) == 3 and not parts[0].strip() else None
    if not isinstance(head, dict):
        raise InputError(f"{name} does not begin with its title and sources")
    intro, *rest = re.split(r"^## ", parts[2], flags=re.MULTILINE)
    sections = [section.partition("\n") for section in rest]
    return Card(
        id=str(head["id"]),
        title=str(head["title"]),
        kind=str(head["kind"]),
        summary=str(head["summary"]),
        covers=tuple(map(str, head.get("covers") or ())),
        sources=tuple(map(str, head.get("sources") or ())),
        intro=intro.strip(),
        sections=tuple((title.strip(), body.strip()) for title, _, body in sections),
    )


def numbered(text: str, card: Card, sources: Mapping[str, Source] | None = None) -> str:
    """The text with the keys of sources as numbers of the card's list, linked where that can be."""
    order = {key: number for number, key in enumerate(card.sources, 1)}

    def number(match: re.Match[str]) -> str:
        key = match.group(1)
        if key not in order:
            return match.group(0)
        source = (sources or {}).get(key)
        where = address(source) if source else ""
        shown = f"\\[{order[key]}\\]"
        return f"[{shown}](<{where}>)" if where else shown

    return KEY.sub(number, text)


def address(source: Source) -> str:
    """Where a source can be read: its DOI or PMID page, or nothing."""
    if source.doi:
        return f"https://doi.org/{source.doi}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/" if source.pmid else ""


def brief(source: Source) -> str:
    """A source in a few words: first author and year, or the start of its title."""
    author = source.authors.partition(";")[0].partition(",")[0].strip()
    name = author or source.title[:48].rstrip() + ("…" if len(source.title) > 48 else "")
    return f"{name} {source.year}".strip()


def coverage(text: str | None, cards: tuple[Card, ...]) -> list[tuple[str, str, str]]:
    """Each point of the overview: its number, what it says, and the cards that carry it.

    What it says is known from `docs/coverage.md`, which an installed package does not hold.
    """
    rows: Mapping[str, str] = {n: what for n, what, _ in COVERAGE_ROW.findall(text or "")}
    points = {p for card in cards for p in card.covers} | set(rows)
    out = []
    for point in sorted(points, key=lambda p: int(p[1:])):
        titles = [card.title for card in cards if point in card.covers]
        out.append((point, rows.get(point, ""), "; ".join(titles)))
    return out
