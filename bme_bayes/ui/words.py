"""The words of the pages: groups, regions, diagnoses and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bme_bayes.network import Variable
from bme_bayes.questions.battery import NOT_IMAGED
from bme_bayes.questions.words import in_sentence, short_name

GROUPS = {
    "patient": "Patient",
    "risk": "Risk factors",
    "symptom": "Symptoms",
    "examination": "Examination",
    "radiograph": "Radiograph",
    "mri": "MRI",
    "laboratory": "Laboratory and DEXA",
}
SHORTEST = 24
"""Characters of a finding that are kept at least, however long its answer is."""
UNKNOWN = "unknown"
PROBABLE = "probable"
BINARY = {UNKNOWN: "Unknown", "absent": "Absent", PROBABLE: "Probable", "present": "Present"}
MINUS = "\N{MINUS SIGN}"


def short(diagnosis: str, labels: Mapping[str, str]) -> str:
    """A name for a diagnosis that fits a chart."""
    return short_name(diagnosis, labels.get(diagnosis, diagnosis))


def setting_name(setting: str) -> str:
    """A setting's file name as words."""
    return setting.replace("_", " ").capitalize()


def answer(variable: Variable, choice: str) -> str:
    """The words for a choice of a finding."""
    if choice == NOT_IMAGED:
        return "MRI not done yet"
    if choice in BINARY and (choice in (UNKNOWN, PROBABLE) or not variable.state_labels):
        return BINARY[choice]
    label = variable.state_label(choice)
    return label[:1].upper() + label[1:]


def finding_and_answer(variable: Variable, choice: str) -> str:
    """A finding with its answer, as in the list of what has been entered."""
    if choice == NOT_IMAGED:
        return "MRI not done yet"
    return f"{variable.label}: {in_sentence(answer(variable, choice))}"


def within(variable: Variable, choice: str, longest: int) -> str:
    """A finding with its answer in about so many characters: the answer is never cut."""
    label = clip(variable.label, max(longest - len(answer(variable, choice)), SHORTEST))
    return finding_and_answer(replace(variable, label=label), choice)


def clip(text: str, longest: int) -> str:
    """Text cut to fit, between two words where that leaves most of it."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    words = cut if text[longest - 1] == " " else cut.rpartition(" ")[0]
    return (words if len(words) > longest // 2 else cut).rstrip(" ,(") + "…"


def points(now: float, before: float) -> str:
    """A change in percentage points: `+12`, `−3`, or `±0`."""
    change = round((now - before) * 100)
    if change == 0:
        return "±0"
    return f"+{change}" if change > 0 else f"{MINUS}{-change}"


def counted(number: int, noun: str) -> str:
    """A number of things: `1 patient`, `1,200 patients`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(items: list[str]) -> str:
    """Words joined by commas and a last `and`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def plain(text: str, limit: int = 60) -> str:
    """Text from outside (a link) with nothing that Markdown would act on."""
    kept = "".join(c if c.isalnum() or c in " _-.+/" else " " for c in text).strip()
    return kept[:limit] + ("…" if len(kept) > limit else "")
