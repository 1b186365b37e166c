"""Finds what can be entered from everyday words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from bme_bayes.network import Variable

IGNORED = {"a", "an", "and", "at", "in", "is", "it", "not", "of", "on", "or", "the", "to", "with"}
WORD = re.compile(r"[a-z0-9]+")
SPELLING = (("oe", "e"), ("ae", "e"), ("our", "or"), ("x-ray", "xray"), ("can't", "cannot"))


def words(text: str) -> list[str]:
    """Lower-case words, British and American spelling alike."""
    folded = text.casefold().replace("’", "'")
    for one, other in SPELLING:
        folded = folded.replace(one, other)
    return [w for w in WORD.findall(folded) if w not in IGNORED]


def search(variables: Iterable[Variable], text: str, limit: int = 6) -> list[Variable]:
    """Findings that fit the words typed, best first; empty for no words.

    Every word has to be found: as a word, as the beginning of one, or nearly (a typing slip).
    Words of the label count more than synonyms, and these more than answers and help.
    """
    wanted = words(text)
    if not wanted:
        return []
    scored = [(_score(v, wanted), i, v) for i, v in enumerate(variables)]
    found = sorted((s for s in scored if s[0] > 0), key=lambda s: (-s[0], s[1]))
    return [v for _, _, v in found[:limit]]


def _score(variable: Variable, wanted: list[str]) -> float:
    synonyms = " ".join((*variable.synonyms, variable.id))
    fields = (
        (4.0, words(variable.label)),
        (3.0, words(synonyms.replace("_", " "))),
        (1.0, words(" ".join((*variable.state_labels, variable.help)))),
    )
    total = 0.0
    for word in wanted:
        best = max(weight * _fit(word, texts) for weight, texts in fields)
        if best == 0:
            return 0.0
        total += best
    return total


def _fit(word: str, texts: list[str]) -> float:
    if word in texts:
        return 1.0
    if any(t.startswith(word) for t in texts):
        return 0.8
    if len(word) >= 4 and any(len(t) >= 4 and word.startswith(t) for t in texts):
        return 0.6
    if len(word) >= 5 and difflib.get_close_matches(word, texts, n=1, cutoff=0.82):
        return 0.4
    return 0.0
