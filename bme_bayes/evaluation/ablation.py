"""What each mechanism gains: the same cases answered with one mechanism taken away."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bme_bayes.cases import Case
from bme_bayes.engine import Engine
from bme_bayes.evaluation.answers import CaseAnswer
from bme_bayes.evaluation.scores import Scored, score_groups
from bme_bayes.library import networks_folder
from bme_bayes.network import REGIONS, Network, Number
from bme_bayes.numbers.write import links_text, prior_texts
from bme_bayes.priors import PriorSet
from bme_bayes.reading import load

SETTING = "case_reports"
CLINIC = "general_orthopaedics"
MORE_COMORBIDITY = 1.25
Change = Callable[[Network], Network]


def _prior(change: Callable[[PriorSet], PriorSet]) -> Change:
    def apply(network: Network) -> Network:
        return network.with_prior(change(network.prior)) if network.prior else network

    return apply


def _numbers(change: Callable[[Number], Number]) -> Change:
    def apply(network: Network) -> Network:
        return replace(network, numbers={k: change(n) for k, n in network.numbers.items()})

    return apply


def _independent(number: Number) -> Number:
    return replace(number, value=0.0) if number.quantity == "coupling" else number


def _comorbid(network: Network) -> Network:
    prior = network.prior
    if prior is None:
        return network
    base = prior.region(network.region)
    factor = MORE_COMORBIDITY / prior.expected_diagnoses(network.region)
    scaled = {k: replace(n, value=n.value * factor) for k, n in base.items()}
    return network.with_prior(replace(prior, base={**prior.base, network.region: scaled}))


def _clinic(network: Network) -> Network:
    prior = load(network.region, CLINIC).prior
    return network.with_prior(prior) if prior else network


WITHOUT: dict[str, Change] = {
    "the whole model": lambda network: network,
    "stated absences taken as they stand": _prior(lambda p: replace(p, stated_absence=0.0)),
    "silence on signs taken for unknown": _prior(lambda p: replace(p, unmentioned_signs=1.0)),
    "silence on risk factors taken for unknown": _prior(lambda p: replace(p, unmentioned=1.0)),
    "kinds as common as in a clinic": _prior(lambda p: replace(p, kind_power=1.0)),
    "findings of a process taken for independent": _numbers(_independent),
    "comorbidity as in a clinic (1.25 diagnoses)": _comorbid,
    "prior set of general orthopaedics": _clinic,
}


def ablations(cases: Sequence[Case], seed: int = 1, draws: int = 200) -> dict[str, Scored]:
    """Scores over all cases with one mechanism taken away at a time."""
    networks = {r: load(r, SETTING) for r in REGIONS.values()}
    out = {name: _scored(cases, networks, change, seed, draws) for name, change in WITHOUT.items()}
    for name, fitted, published in (
        ("the review of the finished numbers", True, True),
        ("that and the fit to whole answers: cells judged one by one", False, True),
        ("as before, without any published figure", False, False),
    ):
        with tempfile.TemporaryDirectory() as folder:
            plain = _rebuilt(Path(folder), fitted=fitted, published=published)
            out[name] = _scored(cases, plain, lambda network: network, seed, draws)
    return out


def _rebuilt(folder: Path, *, fitted: bool, published: bool) -> dict[str, Network]:
    """Networks of numbers without the review, without whole-case judgements, without claims."""
    source = networks_folder()
    shutil.copytree(source, folder / "networks")
    networks = folder / "networks"
    for review in (networks / "elicitation").glob("review_r*"):
        shutil.rmtree(review)
    if not fitted:
        (networks / "elicitation" / "adjustments.csv").unlink(missing_ok=True)
    if not published:
        head = (networks / "claim_uses.csv").read_text(encoding="utf-8").splitlines()[0]
        (networks / "claim_uses.csv").write_text(head + "\n", encoding="utf-8")
    (folder / "priors").mkdir()
    (networks / "links.csv").write_text(links_text(networks), encoding="utf-8")
    for name, text in prior_texts(networks).items():
        (folder / "priors" / name).write_text(text, encoding="utf-8")
    return {r: load(r, SETTING, folder) for r in REGIONS.values()}


def _scored(
    cases: Sequence[Case], networks: dict[str, Network], change: Change, seed: int, draws: int
) -> Scored:
    engines = {r: Engine(change(networks[r])) for r in dict.fromkeys(c.region for c in cases)}
    answers = []
    for case in cases:
        found = engines[case.region].posterior(case.findings).diagnoses
        main = {d: p.main_cause for d, p in found.items()}
        present = {d: p.present for d, p in found.items()}
        answers.append(CaseAnswer(case.case_id, main, present))
    return score_groups(cases, answers, np.random.default_rng(seed), draws)["all"]


def ablation_table(results: dict[str, Scored]) -> str:
    """The scores as a Markdown table."""
    columns = ("top1", "top3", "log_loss", "brier", "must_not_miss", "leader_gap")
    lines = [
        "| taken away | top-1 | top-3 | log-loss | Brier | must-not-miss | over-confidence |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, scored in results.items():
        cells = [f"{scored.score[c]:.3f}" for c in columns]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
