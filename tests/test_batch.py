"""Many patients at once give each the answer that the engine gives one."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

import bme_bayes as bb
from bme_bayes.batch import Codes, batch_chunks, batch_posterior, columns, encode
from bme_bayes.posterior import Posterior

Findings = dict[str, str]
SETTINGS = [("hip", "general_orthopaedics"), ("knee", "case_reports"), ("spine", "sports_medicine")]


def some_patients(network: bb.Network, count: int, seed: int = 0) -> list[Findings]:
    """Patients with other findings known each, the first with none."""
    rng = np.random.default_rng(seed)
    variables = [network.variable(n) for n in columns(network) if n != "marrow_edema"]
    patients: list[Findings] = [{}]
    for _ in range(count - 1):
        share = rng.choice([0.1, 0.5])
        patients.append(
            {
                v.id: v.states[0] if rng.random() < 0.7 else str(rng.choice(v.states))
                for v in variables
                if rng.random() < share
            }
        )
    return patients


def table(network: bb.Network, patients: list[Findings]) -> Codes:
    names = {n for p in patients for n in p}
    return encode(network, {n: [p.get(n) for p in patients] for n in names})


def answers(found: Posterior, names: tuple[str, ...]) -> tuple[NDArray[np.float64], ...]:
    main = np.array([found.diagnoses[d].main_cause for d in names])
    return main, np.array([found.diagnoses[d].present for d in names])


@pytest.mark.parametrize(("region", "setting"), SETTINGS)
def test_as_the_engine(region: str, setting: str) -> None:
    engine = bb.Engine(bb.load(region, setting=setting))
    patients = some_patients(engine.network, 80)
    batch = batch_posterior(engine.space, table(engine.network, patients), chunk=33)
    impossible = 0
    for i, findings in enumerate(patients):
        try:
            one = engine.posterior(findings)
        except bb.Contradiction:
            impossible += 1
            assert np.isnan(batch.main_cause[i]).all()
            assert np.isnan(batch.present[i]).all()
            assert batch.log_evidence[i] == -np.inf
            continue
        main, present = answers(one, batch.diagnoses)
        assert batch.main_cause[i] == pytest.approx(main, abs=1e-9)
        assert batch.present[i] == pytest.approx(present, abs=1e-9)
        assert batch.log_evidence[i] == pytest.approx(one.log_evidence, abs=1e-9)
    assert impossible < 40


def test_workers_and_chunks_change_nothing() -> None:
    engine = bb.Engine(bb.load("spine"))
    codes = table(engine.network, some_patients(engine.network, 50))
    one = batch_posterior(engine.space, codes)
    two = batch_posterior(engine.space, codes, workers=2, chunk=7)
    assert two.main_cause == pytest.approx(one.main_cause, abs=1e-12, nan_ok=True)
    assert two.present == pytest.approx(one.present, abs=1e-12, nan_ok=True)


def test_chunks_are_taken_as_they_are_asked_for() -> None:
    engine = bb.Engine(bb.load("spine"))
    codes = table(engine.network, some_patients(engine.network, 4))
    taken = 0

    def endless() -> Iterator[Codes]:
        nonlocal taken
        while True:
            taken += 1
            yield codes

    found = batch_chunks(engine.space, endless())
    assert len(next(found).main_cause) == 4
    assert taken == 1


def test_marrow_edema_is_present_unless_given() -> None:
    network = bb.load("spine")
    place = columns(network).index("marrow_edema")
    assert encode(network, {"sex": ["male", None]})[:, place].tolist() == [1, 1]
    given = encode(network, {"marrow_edema": ["absent", ""]})
    assert given[:, place].tolist() == [0, -1]


def test_unknown_names_and_states() -> None:
    network = bb.load("spine")
    with pytest.raises(bb.UnknownName, match="sexx"):
        encode(network, {"sexx": ["male"]})
    with pytest.raises(bb.UnknownName, match="mail"):
        encode(network, {"sex": ["mail"]})
    with pytest.raises(bb.InvalidFinding, match="one length"):
        encode(network, {"sex": ["male"], "age_band": []})


def test_no_patients() -> None:
    engine = bb.Engine(bb.load("spine"))
    found = batch_posterior(engine.space, encode(engine.network, {"sex": []}))
    assert found.main_cause.shape == (0, len(found.diagnoses))
