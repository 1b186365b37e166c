"""`evaluate`: scores of the model on cases with a known diagnosis."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from bme_bayes.cases import Case, read_cases
from bme_bayes.commands import Answer
from bme_bayes.commands.tables import model_versions
from bme_bayes.documents import read_text
from bme_bayes.errors import InputError
from bme_bayes.evaluation.answers import (
    CaseAnswer,
    answers_of_model,
    answers_of_naive_bayes,
    read_answers,
    write_answers,
)
from bme_bayes.evaluation.report import markdown
from bme_bayes.evaluation.scores import Scored, score_difference, score_groups
from bme_bayes.reading import load
from bme_bayes.writing import check_writable, save_text

SETTING = "case_reports"
MODEL = "network"
NAIVE = "naive Bayes"


def evaluate(args: argparse.Namespace) -> Answer:
    """Scores of the network and of naive Bayes on the same numbers; more with --compare."""
    cases = read_cases(args.cases)
    setting = _setting(args)
    compared = {Path(p).stem.replace("_", " "): read_answers(p) for p in args.compare or ()}
    notes = read_text(args.notes).strip() if args.notes else ""
    for out in filter(None, (args.answers, args.markdown)):
        check_writable(out)
    answers: dict[str, list[CaseAnswer]] = {
        MODEL: answers_of_model(cases, setting),
        NAIVE: answers_of_naive_bayes(cases, setting),
        **compared,
    }
    results = {
        name: score_groups(cases, given, np.random.default_rng(args.seed), args.draws)
        for name, given in answers.items()
    }
    if args.answers:
        write_answers(args.answers, answers[MODEL])
    used = {r: load(r, setting).version for r in sorted({c.region for c in cases})}
    differences = _differences(args, cases, answers, compared)
    heading = f"{_heading(args, setting, len(cases))}\n\n{model_versions(used)}."
    text = markdown(results, heading, differences)
    removed: Mapping[str, Scored] = {}
    if args.ablation:
        from bme_bayes.evaluation.ablation import ablation_table, ablations  # imports scipy

        removed = ablations(cases, args.seed, args.draws)
        text += "\n## what each mechanism gains\n\n" + ablation_table(removed)
    if notes:
        text += f"\n{notes}\n"
    if args.markdown:
        save_text(args.markdown, text)
    data = {
        "cases": len(cases),
        "setting": setting,
        "model_versions": used,
        "draws": args.draws,
        "results": {name: _plain(groups) for name, groups in results.items()},
        "differences": _plain(differences),
        "ablation": _plain(removed),
    }
    return Answer(data, text.rstrip())


def _differences(
    args: argparse.Namespace,
    cases: Sequence[Case],
    answers: Mapping[str, list[CaseAnswer]],
    others: Iterable[str],
) -> dict[str, Scored]:
    return {
        f"{MODEL} less {name}": score_difference(
            cases, answers[MODEL], answers[name], np.random.default_rng(args.seed), args.draws
        )
        for name in others
    }


def _setting(args: argparse.Namespace) -> str:
    setting: str = args.setting or SETTING
    if args.ablation and setting != SETTING:
        raise InputError(
            f"--ablation takes mechanisms away in the setting {SETTING} alone: say "
            f"`--setting {SETTING}` or leave --setting out, not {setting}"
        )
    return setting


def _heading(args: argparse.Namespace, setting: str, cases: int) -> str:
    compared = "".join(f" --compare {path}" for path in args.compare or ())
    compared += " --ablation" if args.ablation else ""
    compared += f" --notes {args.notes}" if args.notes else ""
    return (
        f"# Evaluation on {cases} cases, setting `{setting}`\n\n"
        f"Written by `bme-bayes evaluate {args.cases} --setting {setting}{compared} --markdown "
        f"{args.markdown or 'FILE'}`. In brackets: 95 % intervals from {args.draws} bootstrap "
        "samples of the cases. Ranks, log-loss and Brier score use the main cause; "
        "must-not-miss, the 5 % bar and the calibration of all pairs use presence."
    )


def _plain(groups: Mapping[str, Scored]) -> dict[str, object]:
    return {
        name: {
            "n": s.n,
            **{k: None if math.isnan(v) else v for k, v in s.score.items()},
            "intervals": {k: [s.low[k], s.high[k]] for k in s.low},
        }
        for name, s in groups.items()
    }
