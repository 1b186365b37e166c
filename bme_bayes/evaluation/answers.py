"""The model's answers to a list of cases, and where the answers of others come from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bme_bayes.cases import Case
from bme_bayes.documents import parse_json, read_text
from bme_bayes.engine import Engine
from bme_bayes.errors import BmeBayesError, InputError, UnknownName
from bme_bayes.evaluation.naive import NaiveBayes
from bme_bayes.reading import load
from bme_bayes.writing import save_text

Probabilities = Mapping[str, float]
Reader = Callable[[Mapping[str, object]], tuple[Probabilities, Probabilities]]


@dataclass(frozen=True)
class CaseAnswer:
    """One case answered: `probabilities` as main cause and `present`, by diagnosis."""

    case_id: str
    probabilities: Probabilities
    present: Probabilities


def answers_of_model(cases: Sequence[Case], setting: str) -> list[CaseAnswer]:
    """The network's answers: main cause and presence."""

    def reader(engine: Engine) -> Reader:
        def read(findings: Mapping[str, object]) -> tuple[Probabilities, Probabilities]:
            found = engine.posterior(findings).diagnoses
            return (
                {d: p.main_cause for d, p in found.items()},
                {d: p.present for d, p in found.items()},
            )

        return read

    return _answers(cases, setting, reader)


def answers_of_naive_bayes(cases: Sequence[Case], setting: str) -> list[CaseAnswer]:
    """The same numbers read as naive Bayes: one diagnosis a patient, findings independent."""

    def reader(engine: Engine) -> Reader:
        naive = NaiveBayes(engine)

        def read(findings: Mapping[str, object]) -> tuple[Probabilities, Probabilities]:
            found = naive.posterior(findings)
            return found, found

        return read

    return _answers(cases, setting, reader)


def _answers(
    cases: Sequence[Case], setting: str, make: Callable[[Engine], Reader]
) -> list[CaseAnswer]:
    unknown = [c.case_id for c in cases if not c.diagnosis]
    if unknown:
        count = "1 case has" if len(unknown) == 1 else f"{len(unknown)} cases have"
        raise InputError(f"{count} no diagnosis: {', '.join(unknown[:5])}")
    readers: dict[str, Reader] = {}
    answers = []
    for case in cases:
        try:
            if case.region not in readers:
                readers[case.region] = make(Engine(load(case.region, setting)))
            probabilities, present = readers[case.region](case.findings)
        except BmeBayesError as error:
            raise InputError(f"case {case.case_id}: {error}") from None
        for diagnosis in (case.diagnosis, *case.also):
            if diagnosis not in probabilities:
                raise UnknownName("diagnosis", diagnosis, probabilities, f"of case {case.case_id}")
        answers.append(CaseAnswer(case.case_id, probabilities, present))
    return answers


def read_answers(path: str | Path) -> list[CaseAnswer]:
    """Answers from JSON Lines: id, probabilities and, where given, present."""
    answers = []
    for number, text in enumerate(read_text(path).splitlines(), start=1):
        if not text.strip():
            continue
        row = parse_json(text, f"{path}:{number}")
        try:
            chosen = {str(d): float(p) for d, p in row["probabilities"].items()}
            present = {str(d): float(p) for d, p in row.get("present", chosen).items()}
            answers.append(CaseAnswer(str(row["id"]), chosen, present))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise InputError(f"{path}:{number} has no id and probabilities") from None
        for diagnosis, p in (*chosen.items(), *present.items()):
            if not 0 <= p <= 1:
                raise InputError(f"{path}:{number}: {p!r} of {diagnosis} is not a probability")
    return answers


def write_answers(path: str | Path, answers: Iterable[CaseAnswer]) -> None:
    """Write answers as `read_answers` reads them."""
    lines = [
        json.dumps(
            {"id": a.case_id, "probabilities": dict(a.probabilities), "present": dict(a.present)}
        )
        for a in answers
    ]
    save_text(path, "".join(f"{line}\n" for line in lines))
