"""Scores as a Markdown page (`docs/evaluation.md`)."""

from __future__ import annotations

from collections.abc import Mapping

from bme_bayes.evaluation.scores import Scored

Results = Mapping[str, Mapping[str, Scored]]
MAIN = {
    "top1": "top-1", "top2": "top-2", "top3": "top-3", "top1_or_also": "top-1 or co-diagnosis",
    "top1_present": "top-1 by presence", "top2_present": "top-2 by presence",
    "top3_present": "top-3 by presence", "log_loss": "log-loss", "brier": "Brier",
    "leader_ece": "calibration error, leader", "leader_gap": "leader's probability less accuracy",
    "ece": "calibration error, all pairs", "must_not_miss": "must-not-miss at 5 %",
    "over_bar": "diagnoses over 5 % a case", "dangerous_over_bar": "dangerous ones over 5 % a case",
}  # fmt: skip
PAIRED = (
    "The same as differences, with intervals over the same bootstrap samples of the cases: below 0 "
    "is better for log-loss, Brier and calibration errors, above 0 for ranks and must-not-miss."
)
GROUPED = ("top1", "top2", "top3", "log_loss", "brier", "leader_ece", "must_not_miss", "over_bar")


def markdown(results: Results, heading: str, differences: Mapping[str, Scored]) -> str:
    """One table over all cases with intervals, and one a way of answering by group.

    `differences`: the scores of the first less those of others, by what they are called.
    """
    parts = [heading, _overall(results)]
    if differences:
        parts += [PAIRED, _differences(differences)]
    for name, groups in results.items():
        parts += [f"## {name}, by difficulty and region", _by_group(groups)]
    return "\n\n".join(parts) + "\n"


def _overall(results: Results) -> str:
    n = next(iter(results.values()))["all"].n
    lines = [
        _row("", *results),
        _row("---", *("---:" for _ in results)),
        _row("cases", *(str(n) for _ in results)),
    ]
    lines += [
        _row(words, *(_cell(r["all"], key) for r in results.values()))
        for key, words in MAIN.items()
    ]
    return "\n".join(lines)


def _differences(differences: Mapping[str, Scored]) -> str:
    lines = [_row("", *differences), _row("---", *("---:" for _ in differences))]
    lines += [
        _row(words, *(_cell(d, key) for d in differences.values())) for key, words in MAIN.items()
    ]
    return "\n".join(lines)


def _by_group(groups: Mapping[str, Scored]) -> str:
    lines = [
        _row("group", "cases", *(MAIN[k] for k in GROUPED)),
        _row("---", "---:", *("---:" for _ in GROUPED)),
    ]
    for name, scored in groups.items():
        lines.append(_row(name, str(scored.n), *(_value(scored, k) for k in GROUPED)))
    return "\n".join(lines)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _value(scored: Scored, key: str) -> str:
    value = scored.score[key]
    return f"{value:.2f}" if value == value else "-"


def _cell(scored: Scored, key: str) -> str:
    """The value with its interval."""
    if key not in scored.low:
        return _value(scored, key)
    return f"{scored.score[key]:.3f} ({scored.low[key]:.2f} to {scored.high[key]:.2f})"
