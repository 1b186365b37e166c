"""Learning base rates: known answers, recovery of the truth, files that load back."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from small_network import REGION, small_network

import bme_bayes as bb
from bme_bayes.checks import check_data
from bme_bayes.learning import (
    Counts,
    learn_base_rates,
    read_counts,
    shifted_prior,
    simulate,
    update_main_causes,
    update_presence,
)
from bme_bayes.learning.learned import Learned, beta_interval
from bme_bayes.learning.shift import patients_of
from bme_bayes.priors import PriorSet
from bme_bayes.reading import parse_prior, read_prior
from bme_bayes.writing import dump_prior, save_prior

TOP = Path(__file__).resolve().parents[1]
SHIFTED = {("avn", "early"): 0.25, ("infection", "present"): 0.25, ("bmes", "present"): 0.1}


@pytest.fixture(scope="module")
def engine() -> bb.Engine:
    return bb.Engine(small_network())


def rates(prior: PriorSet) -> dict[tuple[str, str], float]:
    return {g: n.value for g, n in prior.region(REGION).items()}


def of_shifted(engine: bb.Engine) -> bb.Engine:
    return bb.Engine(engine.network.with_prior(shifted_prior(engine, SHIFTED)))


def test_presence_is_a_beta_update(engine: bb.Engine) -> None:
    counts = Counts(REGION, 70, {"infection": 21, "avn=early": 14, "avn=late": 7})
    learned = update_presence(engine.network, counts)
    new, old = learned.prior.region(REGION), learned.before.region(REGION)
    assert new["infection", "present"].value == pytest.approx((0.1 * 30 + 21) / 100)
    assert new["avn", "early"].value == pytest.approx((0.15 * 30 + 14) / 100)
    assert new["infection", "present"].n == 100
    assert new["infection", "present"].basis == "local"
    assert new["bmes", "present"].basis == "elicited"  # only moved to make room
    assert "updated from 70 patients" in learned.prior.provenance
    expected = [p.expected_diagnoses(REGION) for p in (learned.prior, learned.before)]
    assert expected[0] == pytest.approx(expected[1])  # what is not listed makes room
    ratio = new["bmes", "present"].value / new["osteoarthritis", "present"].value
    assert ratio == pytest.approx(0.2 / 0.55)
    for grade, number in new.items():
        assert number.low < number.value < number.high
        if grade[0] in ("infection", "avn"):
            low, high = beta_interval(old[grade].value, old[grade].n)
            assert number.high - number.low < high - low


def test_grades_counted_as_a_whole_keep_their_shares(engine: bb.Engine) -> None:
    learned = update_presence(engine.network, Counts(REGION, 70, {"avn": 30}))
    new = rates(learned.prior)
    assert new["avn", "early"] / new["avn", "late"] == pytest.approx(1.5)
    assert new["avn", "early"] + new["avn", "late"] == pytest.approx((0.25 * 30 + 30) / 100)


def test_model_says_the_learned_base_rates(engine: bb.Engine) -> None:
    learned = update_presence(engine.network, Counts(REGION, 70, {"avn": 30, "infection": 3}))
    network = learned.apply(engine.network)
    found = bb.Engine(network).posterior().diagnoses
    for (diagnosis, state), value in rates(learned.prior).items():
        assert found[diagnosis].states[state] == pytest.approx(value, abs=1e-7)
    assert network.version not in (engine.network.version, "")


def test_main_causes_are_a_dirichlet(engine: bb.Engine) -> None:
    before = engine.posterior()
    counts = Counts(REGION, 90, {"infection": 40, "avn=early": 2, "avn=late": 20})
    learned = update_main_causes(engine, counts, weight=10)
    after = rates(learned.prior)
    p = before.diagnoses["infection"]
    gain = (10 * p.main_cause + 40) / 100 - p.main_cause
    assert after["infection", "present"] == pytest.approx(p.present + gain)
    p = before.diagnoses["bmes"]  # not listed: a share of the 28 others
    others = 1 - sum(before.diagnoses[d].main_cause for d in ("infection", "avn"))
    main = (10 * p.main_cause + 28 * p.main_cause / others) / 100
    assert after["bmes", "present"] == pytest.approx(p.present + main - p.main_cause)
    assert after["avn", "late"] > after["avn", "early"]
    bb.Engine(learned.apply(engine.network))  # can be solved
    many = Counts(REGION, 10_000, {"infection": 5000, "avn=early": 1000, "avn=late": 500})
    found = bb.Engine(update_main_causes(engine, many).apply(engine.network)).posterior()
    assert found.diagnoses["infection"].main_cause == pytest.approx(0.5, abs=0.06)


def test_prior_of_nothing_new_is_the_same(engine: bb.Engine) -> None:
    """Counts that are what was expected move nothing but the weight."""
    counts = Counts(REGION, 100, {"infection": 10, "avn=early": 15, "avn=late": 10})
    learned = update_presence(engine.network, counts)
    assert rates(learned.prior) == pytest.approx(rates(learned.before))


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (Counts(REGION, 0, {}), "there have to be some"),
        (Counts(REGION, 10, {"avm": 1}), "did you mean 'avn'"),
        (Counts(REGION, 10, {"avn=earl": 1}), "did you mean 'early'"),
        (Counts(REGION, 10, {"avn=early": 1}), "each of early, late"),
        (Counts(REGION, 10, {"avn": 1, "avn=early": 1}), "each of early, late"),
        (Counts(REGION, 10, {"avn": 11}), "11 times in 10 patients"),
        (Counts(REGION, 10, {"avn": -1}), "-1 is not a number"),
        (Counts(REGION, 10, {"avn": 2.5}), "2.5 is not a number"),  # type: ignore[dict-item]
        (Counts("knee", 10, {"avn": 1}), "the network is of hip"),
        (Counts(REGION, 1000, {"avn": 900, "infection": 900}), "no room"),
        (
            Counts(REGION, 1000, {"avn": 0, "infection": 0, "bmes": 0, "osteoarthritis": 90}),
            "needs one of the diagnoses",
        ),
    ],
)
def test_counts_that_cannot_be_right(engine: bb.Engine, counts: Counts, message: str) -> None:
    with pytest.raises(bb.BmeBayesError, match=message):
        update_presence(engine.network, counts)


def test_too_many_main_causes(engine: bb.Engine) -> None:
    with pytest.raises(bb.InputError, match="update_presence"):
        update_main_causes(engine, Counts(REGION, 10, {"avn": 6, "infection": 6}))


def test_counts_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    head = "region,diagnosis,state,count,patients\n"
    path.write_text(head + "hip,avn,early_arco_1_2,7,212\nhip,avn,late_arco_3_4,9,212\n"
                    "knee,sifk,,4,80\n")  # fmt: skip
    found = read_counts(path)
    assert found["hip"] == Counts("hip", 212, {"avn=early_arco_1_2": 7, "avn=late_arco_3_4": 9})
    assert found["knee"].counts == {"sifk": 4}
    learned = update_presence(bb.load("hip"), found["hip"])
    assert len(learned.to_frame()) == len(bb.load("hip").prior.region("hip"))  # type: ignore[union-attr]
    for text, message in [
        (head, "no rows"),
        (head + "elbow,avn,,1,2\n", "counts.csv:2"),
        (head + "hip,avn,,x,2\n", "counts.csv:2: count .x. or patients .2. is not a whole"),
        (head + "hip,avn,,1,2\nhip,bmes,,1,3\n", "counts.csv:3: hip has 2 patients"),
        (head + "hip,avn,,1,2\nhip,avn,,1,2\n", "twice"),
        ("region,diagnosis,state,count\nhip,avn,,1\n", "no column patients"),
    ]:
        path.write_text(text)
        with pytest.raises(bb.BmeBayesError, match=message):
            read_counts(path)


def test_saved_prior_loads_back_to_the_same_numbers(engine: bb.Engine, tmp_path: Path) -> None:
    for setting in bb.settings():
        prior = bb.load("hip", setting).prior
        assert prior is not None
        assert parse_prior(dump_prior(prior)) == prior
    learned = update_presence(engine.network, Counts(REGION, 71, {"avn": 13}), "mine: ünïcode")
    path = save_prior(learned.prior, tmp_path / "mine.yaml")
    assert read_prior(path) == learned.prior
    assert [p.name for p in tmp_path.iterdir()] == ["mine.yaml"]
    with pytest.raises(bb.InputError, match="cannot write"):
        save_prior(learned.prior, tmp_path / "nowhere" / "mine.yaml")


def test_saved_prior_passes_the_checks_and_is_a_setting(tmp_path: Path) -> None:
    for name in ("networks", "priors"):
        shutil.copytree(TOP / name, tmp_path / name, ignore=shutil.ignore_patterns("elicitation"))
    network = bb.load("hip", folder=tmp_path)
    learned = update_presence(network, Counts("hip", 212, {"avn": 55, "infection": 4}), "mine")
    save_prior(learned.prior, tmp_path / "priors" / "mine.yaml")
    assert [p for p in check_data(tmp_path) if p.file == "mine.yaml"] == []
    assert bb.load("hip", "mine", tmp_path).version == learned.apply(network).version


def test_counts_cover_the_truth() -> None:
    """Truths drawn from the prior, counts from the truths: 95 % intervals hold 95 %."""
    rng = np.random.default_rng(7)
    network = small_network()
    number = network.prior.region(REGION)["infection", "present"]  # type: ignore[union-attr]
    held = 0
    for _ in range(400):
        truth = rng.beta(number.value * number.n, (1 - number.value) * number.n)
        counts = Counts(REGION, 60, {"infection": int(rng.binomial(60, truth))})
        new = update_presence(network, counts).prior.region(REGION)["infection", "present"]
        held += new.low <= truth <= new.high
    assert 0.92 <= held / 400 <= 0.98


def test_simulated_patients_are_those_of_the_model(engine: bb.Engine) -> None:
    cohort = simulate(engine, 20_000, rng=np.random.default_rng(3))
    found = engine.posterior().diagnoses
    for diagnosis, p in found.items():
        for state, value in p.states.items():
            assert (cohort.truth[diagnosis] == state).mean() == pytest.approx(value, abs=0.012)
        main = (cohort.truth["main_cause"] == diagnosis).mean()
        assert main == pytest.approx(p.main_cause, abs=0.012)
    given = cohort.truth[(cohort.findings["crp"] == "high") & (cohort.findings["sex"] == "male")]
    exact = engine.posterior({"crp": "high", "sex": "male"}).diagnoses["infection"].present
    assert (given["infection"] == "present").mean() == pytest.approx(exact, abs=0.04)
    some = simulate(engine, 2000, rng=np.random.default_rng(3), findings=["crp", "limp"], known=0.4)
    assert list(some.findings) == ["crp", "limp"]
    assert some.findings.notna().to_numpy().mean() == pytest.approx(0.4, abs=0.03)


def test_shifted_prior_is_a_shift(engine: bb.Engine) -> None:
    """The engine of the new prior set is the old one with other weights of the diagnoses."""
    new = of_shifted(engine)
    assert rates(new.network.prior)["avn", "early"] == 0.25  # type: ignore[arg-type]
    for findings in ({"crp": "high", "steroids": "present"}, {"sex": "male", "film": "worn"}):
        # P(findings | one diagnosis alone) is the same under both
        ratio = new.belief(findings).scenario / engine.belief(findings).scenario
        start = new.belief({}).scenario / engine.belief({}).scenario
        assert np.ptp(ratio / start) < 1e-6 * (ratio / start).mean()


def test_em_finds_the_base_rates(engine: bb.Engine) -> None:
    truth = of_shifted(engine)
    cohort = simulate(truth, 4000, rng=np.random.default_rng(11), known=0.9)
    learned = learn_base_rates(engine, cohort.findings, weight=5)
    true = rates(truth.network.prior)  # type: ignore[arg-type]
    for grade, number in learned.prior.region(REGION).items():
        error = (number.high - number.low) / 3.92
        assert abs(number.value - true[grade]) < 3.5 * error, grade
        assert error < 0.12
    assert learned.patients == 4000
    found = bb.Engine(learned.apply(engine.network)).posterior().diagnoses
    for (diagnosis, state), value in rates(learned.prior).items():
        assert found[diagnosis].states[state] == pytest.approx(value, abs=1e-6)


def test_em_climbs(engine: bb.Engine) -> None:
    """The cohort is more probable under what was learned."""
    cohort = simulate(of_shifted(engine), 300, rng=np.random.default_rng(2))
    learned = learn_base_rates(engine, cohort.findings)
    rows = patients_of(cohort.findings)
    new = bb.Engine(learned.apply(engine.network))
    logs = [sum(e.belief(r).log_evidence for r in rows) for e in (engine, new)]
    assert logs[1] > logs[0]


def test_em_covers_the_truth(engine: bb.Engine) -> None:
    truth = of_shifted(engine)
    true = rates(truth.network.prior)  # type: ignore[arg-type]
    held: list[bool] = []
    for seed in range(30):
        cohort = simulate(truth, 400, rng=np.random.default_rng(100 + seed))
        learned = learn_base_rates(engine, cohort.findings, weight=3)
        held += [n.low <= true[g] <= n.high for g, n in learned.prior.region(REGION).items()]
    assert np.mean(held) > 0.88


def test_em_warns_of_what_it_cannot_tell(engine: bb.Engine) -> None:
    cohort = simulate(of_shifted(engine), 200, rng=np.random.default_rng(5), findings=["limp"])
    learned = learn_base_rates(engine, cohort.findings)
    assert any("rests on the old one" in w for w in learned.warnings)
    assert "&#9888;" in learned._repr_html_()
    old, new = learned.before.region(REGION), learned.prior.region(REGION)
    assert new["avn", "early"].n < old["avn", "early"].n + 20
    rich = simulate(engine, 500, rng=np.random.default_rng(5))
    assert len(learn_base_rates(engine, rich.findings).warnings) < len(learned.warnings)


@pytest.mark.parametrize(
    ("cohort", "message"),
    [
        ([], "no patients"),
        ([{"crp": "high"}, {"crq": "high"}], "patient 2: .*did you mean 'crp'"),
        ([{"marrow_edema": "absent"}], "patient 1: is not known to have marrow edema"),
        ([{"sex": "male", "pregnancy": "late"}], "patient 1: .*cannot be true"),
    ],
)
def test_cohorts_that_cannot_be_read(
    engine: bb.Engine, cohort: Sequence[dict[str, object]], message: str
) -> None:
    with pytest.raises(bb.InputError, match=message):
        learn_base_rates(engine, cohort)


def test_hip_cohort_shows_the_shift() -> None:
    engine = bb.Engine(bb.load("hip"))
    rates = {("avn", "early_arco_1_2"): 0.2, ("avn", "late_arco_3_4"): 0.25}
    truth = bb.Engine(engine.network.with_prior(shifted_prior(engine, rates)))
    cohort = simulate(truth, 150, rng=np.random.default_rng(1), known=0.6)
    learned: Learned = learn_base_rates(engine, cohort.findings)
    after = learned.to_frame()["after"]
    assert after["avn"].sum() == pytest.approx(0.45, abs=0.12)
    assert learned.prior.mix["corticosteroids", "present"].value > (
        engine.network.prior.mix["corticosteroids", "present"].value  # type: ignore[union-attr]
    )
