"""Builds the rows on marrow edema itself and on the processes that findings share."""

from __future__ import annotations

from collections.abc import Iterator

from bme_bayes.numbers.cells import Cells
from bme_bayes.numbers.evidence import KIND_COLUMN, Evidence, Row, alone, parent_column
from bme_bayes.numbers.people import row
from bme_bayes.numbers.pool import add_up, combine, judge
from bme_bayes.questions.claim_uses import EDEMA_OF_PATIENTS

COUPLING = {
    "severity": (2.0, "a bad day shows in most signs of severity at once, not in all"),
    "joint_inflammation": (2.0, "an inflamed joint shows most signs of it at once, not all"),
    "systemic_inflammation": (
        1.5,
        "fever, leukocytes and CRP often part company in indolent infection; at 2 a patient with "
        "all three was hardly more infected than one with two",
    ),
    "multifocality": (3.0, "several joints and several lesions are nearly one fact told twice"),
    "aggressive_lesion": (2.0, "destruction, replaced marrow and erosions are read off one image"),
    "chronicity": (1.5, "a sudden onset can be followed by a long course"),
}
"""Log-odds between the two levels of a process, with the reason."""


def edema(evidence: Evidence) -> Iterator[Row]:
    """P(marrow edema on MRI | cause), by kind and for none."""
    own = {k[0]: v for k, c, v in evidence.kind_passes.values("edema", ("subtype",))}
    for kind in [*evidence.kinds, None]:
        column = KIND_COLUMN.get(kind["id"], kind["id"]) if kind else "none"
        cause = f"{kind['diagnosis']}.{kind['id']}" if kind else "none"
        judged = judge(own[column])
        regions = kind["regions"] if kind else "hkas"
        for region in regions:
            series = None
            if kind:
                whole = parent_column(kind["diagnosis"], kind["grade"])
                used = [
                    claim
                    for column in (whole, alone(kind))
                    for claim in evidence.used("finding", "marrow_edema", "present", column, region)
                ]
                series = add_up([(c, v, n, s * EDEMA_OF_PATIENTS) for c, v, n, s in used])
            pooled = combine(judged, series)
            claims = series.claims if series else ()
            note = "pooled judgement of three passes"
            if series:
                note = (
                    f"{series.n:.0f} weighted patients show {series.value:.2f}, counted a quarter "
                    "since all attenders are symptomatic"
                )
            yield row(
                "frequency",
                "marrow_edema",
                "present",
                cause,
                region,
                pooled.value,
                pooled.n,
                note,
                basis=pooled.basis,
                sources=" ".join((*evidence.sources_of(claims), "kinds_panel")),
                claims=" ".join(claims),
            )


def processes(cells: Cells) -> Iterator[Row]:
    """How often each process is high, by cause, and how strongly its findings follow it."""
    members: dict[str, list[str]] = {}
    for variable in cells.evidence.variables:
        if variable["process"]:
            members.setdefault(variable["process"], []).append(variable["id"])
    for process, findings in members.items():
        yield from _levels(cells, process, findings)
        yield from _couplings(process, findings)


def _levels(cells: Cells, process: str, findings: list[str]) -> Iterator[Row]:
    """P(process high | cause): the mean frequency of its findings' abnormal states."""
    causes = [
        (f"{k['diagnosis']}.{k['id']}", KIND_COLUMN.get(k["id"], k["id"]), k["regions"])
        for k in cells.evidence.kinds
    ] + [("none", "none", "hkas")]
    for cause, column, regions in causes:
        values = []
        for finding in findings:
            parts = [
                sum(v) / len(v)
                for (f, s, c), v in cells.kind_cells.items()
                if f == finding and c == column and not (f == "onset" and s == "sudden")
            ]
            if parts:
                values.append(sum(parts))
        if values:
            mean = min(max(sum(values) / len(values), 0.03), 0.97)
            yield row(
                "frequency",
                process,
                "high",
                cause,
                regions,
                mean,
                5,
                "mean frequency of the findings that share this process: " + ", ".join(findings),
            )


def _couplings(process: str, findings: list[str]) -> Iterator[Row]:
    """How strongly each finding follows the process that it shares with others."""
    strength, reason = COUPLING[process]
    for finding in findings:
        yield row(
            "coupling",
            finding,
            "",
            process,
            "hkas",
            strength,
            5,
            f"log-odds between the two levels; single judgement: {reason}",
            sources="",
            bounds=(strength - 1.0, strength + 1.0),
        )
