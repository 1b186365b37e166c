"""Frequencies of findings learned from diagnosed patients: by hand, exact sums, and recovery."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from learning_truths import drawn_shifts, shifted_network, true_frequencies, whole_model
from small_network import REGION, small_network

import bme_bayes as bb
from bme_bayes.findings import code_findings
from bme_bayes.learning import LearnedLinks, learn_links, simulate
from bme_bayes.learning.cells import cells_of
from bme_bayes.learning.em import LinkModel
from bme_bayes.learning.labelled import Row, label_likelihood, lay_out
from bme_bayes.learning.learned import beta_interval
from bme_bayes.learning.shift import patients_of
from bme_bayes.learning.simulate import Cohort
from bme_bayes.reading import parse_prior
from bme_bayes.writing import dump_prior

ALONE = {"infection": "present", "bmes": "absent", "avn": "absent", "osteoarthritis": "absent"}
LIMP: tuple[str, ...] = ("limp", "present", "infection", "present")


@pytest.fixture(scope="module")
def engine() -> bb.Engine:
    return bb.Engine(small_network())


@pytest.fixture(scope="module")
def cohort(engine: bb.Engine) -> Cohort:
    return simulate(engine, 400, rng=np.random.default_rng(3), known=0.7)


@pytest.fixture(scope="module")
def learned(engine: bb.Engine, cohort: Cohort) -> LearnedLinks:
    return learn_links(engine, cohort.findings, cohort.truth.drop(columns="main_cause"))


def joint_log(engine: bb.Engine, found: Row, label: Row) -> float:
    """Ln P(findings, diagnoses), up to what everyone with marrow edema weighs."""
    belief = engine.belief(found)
    share = float(belief.scenario @ label_likelihood(engine.space, label))
    return belief.log_evidence + float(np.log(share * engine.space.baseline))


def test_one_disease_alone_is_a_beta_update(engine: bb.Engine) -> None:
    findings = [{"limp": "present"}] * 27 + [{"limp": "absent"}] * 13 + [{"film": "worn"}] * 5
    learned = learn_links(engine, findings, [ALONE] * 45)
    row = learned.to_frame().xs(LIMP)
    old = engine.network.numbers["frequency", "limp", "present", "infection.only"].value
    assert row["before"] == pytest.approx(old)
    assert row["patients"] == pytest.approx(40)
    assert row["after"] == pytest.approx((20 * old + 27) / 60, abs=1e-6)
    assert row["weight_after"] == pytest.approx(60, rel=1e-4)
    low, high = beta_interval((20 * old + 27) / 60, 60)
    assert (row["after_low"], row["after_high"]) == pytest.approx((low, high), rel=1e-3)
    number = learned.apply().numbers["frequency", "limp", "present", "infection.only"]
    assert number.value == pytest.approx(row["after"])
    assert number.basis == "local"
    assert number.n == pytest.approx(60, rel=1e-4)
    assert "updated from 45 patients" in number.note
    assert number.sources == ("book",)


def test_only_what_was_told_changes(engine: bb.Engine) -> None:
    findings = [{"limp": "present"}] * 20 + [{"limp": "absent"}] * 4
    learned = learn_links(engine, findings, [ALONE] * 24, name="mine")
    assert list(learned.prior.links[REGION]) == [("frequency", "limp", "present", "infection.only")]
    assert learned.changed == 1
    assert learned.prior.base == engine.network.prior.base  # type: ignore[union-attr]
    assert learned.prior.name == "mine"
    assert "1 links updated from 24 patients" in learned.prior.provenance
    new = learned.apply()
    assert new.version not in (engine.network.version, "")
    kept = {k: n for k, n in new.numbers.items() if k not in learned.prior.links[REGION]}
    assert kept == {k: engine.network.numbers[k] for k in kept}
    assert "24 patients" in learned._repr_html_()


def test_slopes_are_those_of_the_likelihood(engine: bb.Engine) -> None:
    space = engine.space
    group = np.append(space.scenarios.grade_of, space.scenarios.grade_of.max() + 1)
    rng = np.random.default_rng(0)
    for name, cpd in space.cpds.items():
        cells = cells_of(cpd, space.cpds.get(cpd.variable.part_of), group)
        still = cells.likelihood(np.zeros(cells.size), space.scenarios)
        assert still == pytest.approx(space.likelihood[name], abs=1e-9)
        shift, step = rng.normal(0, 0.2, cells.size), 1e-6
        slope = cells.slope(shift, space.scenarios)
        for i in range(cells.size):
            move = step * np.eye(cells.size)[i]
            up, down = (np.log(cells.likelihood(shift + m, space.scenarios)) for m in (move, -move))
            assert slope[..., i] == pytest.approx((up - down) / (2 * step), abs=1e-6), name


def test_expectations_are_those_of_the_engine(engine: bb.Engine, cohort: Cohort) -> None:
    """The log-likelihood of EM is the engine's, with kinds, levels and parts summed out."""
    findings = patients_of(cohort.findings)[:60]
    findings[0] = {"sinus": "absent"}  # of a whole that is unknown
    findings[1] = {"crp": {"raised": 0.5, "high": 1.0}, "abscess": {"present": 1, "absent": 0.2}}
    labels = patients_of(cohort.truth[["main_cause", "avn"]])[:60]
    model = LinkModel(engine.space, *lay_out(engine, findings, labels))
    counts, log = model.expect(model.start())
    whole = 0.0
    sinus = 0.0
    for found, label in zip(findings, labels, strict=True):
        log_chance = joint_log(engine, found, label)
        whole += log_chance
        coded = code_findings(engine.network, found)
        if "sinus" in coded and coded.get("abscess", np.ones(2))[1]:
            certain = joint_log(engine, {**found, "abscess": "present"}, label)
            sinus += float(np.exp(certain - log_chance))
    assert log == pytest.approx(whole, rel=1e-12)
    assert counts["limp"].sum() == pytest.approx(sum("limp" in f for f in findings))
    assert counts["sinus"].sum() == pytest.approx(sinus)  # parts are seen in who has the whole


def test_it_climbs_to_the_top(engine: bb.Engine, cohort: Cohort) -> None:
    """Every round of EM climbs, and no step from where it ends does."""
    labels = patients_of(cohort.truth[["main_cause"]].replace("", "none"))
    model = LinkModel(engine.space, *lay_out(engine, patients_of(cohort.findings), labels))

    def height(shifts: Mapping[str, np.ndarray]) -> float:
        total = model.expect(shifts)[1]
        for name, prior in model.prior.items():
            chance = model.cells[name].likelihood(shifts[name], engine.space.scenarios)
            total += float((prior * np.log(np.maximum(chance, 1e-300))).sum())
        return total

    shifts, heights = model.start(), []
    for _ in range(12):
        heights.append(height(shifts))
        shifts = model.improve(shifts, model.expect(shifts)[0])
    assert (np.diff(heights) > -1e-9).all()
    assert heights[-1] > heights[0] + 5
    rng = np.random.default_rng(1)
    for _ in range(10):
        aside = {n: s + rng.normal(0, 0.05, s.shape) for n, s in shifts.items()}
        assert height(aside) < height(shifts)


def test_engine_of_the_new_network_is_what_was_learned(
    engine: bb.Engine, cohort: Cohort, learned: LearnedLinks
) -> None:
    new = bb.Engine(learned.apply())
    before, after = learned.log_likelihood
    assert after > before
    total = 0.0
    for found, label in zip(
        patients_of(cohort.findings),
        patients_of(cohort.truth.drop(columns="main_cause")),
        strict=True,
    ):
        total += joint_log(new, found, label)
    assert total == pytest.approx(after, abs=1e-3)
    again = whole_model(new)
    true = true_frequencies(again, again.start())
    for key, row in learned.to_frame().iterrows():
        assert true[key] == pytest.approx(row["after"], abs=2e-3)  # type: ignore[index]


def test_saved_links_load_back_to_the_same_numbers(
    engine: bb.Engine, learned: LearnedLinks, tmp_path: Path
) -> None:
    read = parse_prior(dump_prior(learned.prior))
    assert read == learned.prior
    assert engine.network.with_prior(read).numbers == learned.apply().numbers
    assert learned.apply().with_prior(engine.network.prior).numbers == engine.network.numbers  # type: ignore[arg-type]


@pytest.mark.parametrize("labels", ["every diagnosis", "main cause"])
def test_the_truth_is_covered(engine: bb.Engine, labels: str) -> None:
    """Truths drawn from the prior: 95 % intervals hold 95 %, and learning comes closer."""
    model, held, far = whole_model(engine), [], []
    for seed in range(14):
        rng = np.random.default_rng(seed)
        shifts = drawn_shifts(model, rng)
        truth = bb.Engine(shifted_network(model, shifts))
        cohort = simulate(truth, 250, rng=rng, known=0.8)
        known = cohort.truth if labels != "main cause" else cohort.truth[["main_cause"]]
        learned = learn_links(engine, cohort.findings, known.replace({"main_cause": {"": "none"}}))
        true = true_frequencies(model, shifts)
        for key, row in learned.to_frame().iterrows():
            value = true[key]  # type: ignore[index]
            held.append(row["after_low"] <= value <= row["after_high"])
            far.append((abs(row["after"] - value), abs(row["before"] - value)))
    assert len(held) > 800
    assert 0.92 <= np.mean(held) <= 0.975
    after, before = np.mean(far, axis=0)
    assert after < 0.75 * before


@pytest.mark.parametrize(
    ("findings", "labels", "message"),
    [
        ([], [], "one each a patient"),
        ([{"limp": "present"}], [], "one each a patient"),
        ([{"limp": "present"}], [{}], "patient 1: no diagnosis is known"),
        ([{"limp": "present"}], [{"main_cause": "avm"}], "did you mean 'avn'"),
        ([{"limp": "present"}], [{"avn": "earl"}], "did you mean 'early'"),
        ([{"limp": "present"}], [{"avm": "early"}], "did you mean 'avn'"),
        ([{"limp": "present"}], [{"main_cause": "avn", "avn": "absent"}], "patient 1: .*together"),
        ([{"limb": "present"}], [ALONE], "patient 1: .*did you mean 'limp'"),
        ([{"marrow_edema": "absent"}], [ALONE], "patient 1: is not known to have marrow edema"),
        ([{"sex": "male"}], [ALONE], "no finding is known"),
    ],
)
def test_tables_that_cannot_be_read(
    engine: bb.Engine,
    findings: list[dict[str, object]],
    labels: list[dict[str, object]],
    message: str,
) -> None:
    with pytest.raises(bb.BmeBayesError, match=message):
        learn_links(engine, findings, labels)


def test_blank_cells_of_a_table_are_unknown(engine: bb.Engine) -> None:
    rows = pd.DataFrame({"limp": ["present", "absent", None], "crp": ["", "high", None]})
    label = pd.DataFrame([ALONE] * 3)
    one = learn_links(engine, rows, label).to_frame()
    two = learn_links(engine, [{"limp": "present"}, {"limp": "absent", "crp": "high"}], [ALONE] * 2)
    assert one["after"].to_dict() == pytest.approx(two.to_frame()["after"].to_dict())
