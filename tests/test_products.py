"""What is kept, taken as a remainder or summed in logarithms gives the same answers."""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from small_network import small_network

import bme_bayes as bb
from bme_bayes.batch import BatchKernel, encode
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.findings import code_findings
from bme_bayes.machine import aligned, inner
from bme_bayes.products import Products
from bme_bayes.questions import panel

Floats = NDArray[np.float64]
SPACE = DiseaseSpace(small_network(0))
FINDINGS = {"fever": "present", "crp": "raised", "limp": "absent", "abscess": "present"}


def product_of_all(space: DiseaseSpace, findings: Mapping[str, object]) -> Floats:
    """P(findings | scenario) with every level written out, and no row kept."""
    known = space.split_evidence(code_findings(space.network, findings))[1]
    out = np.ones(space.scenarios.size)
    wholes = dict.fromkeys(space.network.variable(n).part_of or n for n in known)
    wholes.pop("marrow_edema")
    by_process: dict[str, Floats] = dict(space.levels)
    for name in wholes:
        process = space.network.variable(name).process
        if process:
            by_process[process] = by_process[process] * space.observed(name, known)
        else:
            out = out * space.observed(name, known)[0]
    for joint in by_process.values():
        out = out * joint.sum(axis=0)
    return out


@pytest.mark.parametrize("kept_bytes", [0, 10_000_000])
def test_products_whatever_is_kept(monkeypatch: pytest.MonkeyPatch, kept_bytes: int) -> None:
    monkeypatch.setattr("bme_bayes.products.KEPT_BYTES", kept_bytes)
    products = Products(SPACE.network, SPACE.levels, SPACE.observed)
    for fever in ("present", "absent", {"present": 0.7, "absent": 0.3}, "present"):
        findings = {**FINDINGS, "fever": fever}
        known = SPACE.split_evidence(code_findings(SPACE.network, findings))[1]
        weight = np.ones(SPACE.scenarios.size)
        scale = products.multiply(weight, known)
        assert weight * np.exp(scale) == pytest.approx(product_of_all(SPACE, findings), rel=1e-12)


@pytest.mark.parametrize("direct", [0.0, 2.0])
def test_a_first_state_as_remainder_and_by_itself(
    monkeypatch: pytest.MonkeyPatch, direct: float
) -> None:
    belief = SPACE.belief(code_findings(SPACE.network, FINDINGS))
    _, _, expected = panel.panel(SPACE, belief)
    monkeypatch.setattr(panel, "DIRECT", direct)
    variables, starts, values = panel.panel(SPACE, belief)
    assert values == pytest.approx(expected, abs=1e-14)
    now = SPACE.answers @ belief.scenario
    for variable, start in zip(variables, starts, strict=True):
        total = values[start : start + len(variable.states)].sum(axis=0)
        assert total == pytest.approx(now, abs=1e-12), variable.id


def test_improbable_first_states_keep_their_relative_precision() -> None:
    """A remainder of 1e-9 would hold seven digits only; it is worked out by itself."""
    belief = SPACE.belief(code_findings(SPACE.network, FINDINGS))
    variables, starts, values = panel.panel(SPACE, belief)
    for variable, start in zip(variables, starts, strict=True):
        if variable.role == "finding":
            found = {**FINDINGS, variable.id: variable.states[0]}
            after = SPACE.belief(code_findings(SPACE.network, found))
            ratio = np.exp(after.log_evidence - belief.log_evidence)
            assert values[start, 0] == pytest.approx(ratio, rel=1e-11), variable.id


def test_a_batch_with_impossible_and_unlikely_patients() -> None:
    engine = bb.Engine(bb.load("spine"))
    network = engine.network
    rows: list[dict[str, str]] = [
        {"sex": "male", "pregnancy": "early", "age_band": "30_50"},
        {v.id: v.states[-1] for v in network.findings if not v.part_of},
        {v.id: v.states[-1] for v in network.findings if not v.part_of} | {"sex": "male"},
    ]
    names = {n for row in rows for n in row}
    codes = encode(network, {n: [row.get(n) for row in rows] for n in names})
    found = BatchKernel(engine.space).posterior(codes)
    for i, row in enumerate(rows):
        try:
            one = engine.posterior(row)
        except bb.Contradiction:
            assert found.log_evidence[i] == -np.inf
            assert np.isnan(found.main_cause[i]).all()
            continue
        assert found.log_evidence[i] == pytest.approx(one.log_evidence, abs=1e-8)
        expected = [one.diagnoses[d].main_cause for d in found.diagnoses]
        assert found.main_cause[i] == pytest.approx(expected, abs=1e-9)
    assert np.isfinite(found.log_evidence).any()
    assert not np.isfinite(found.log_evidence).all()


def test_rows_start_at_lines_of_memory() -> None:
    table = aligned(3, 5, 13)
    assert table.shape == (3, 5, 13)
    starts = {table[i, j].ctypes.data % 64 for i in range(3) for j in range(5)}
    assert starts == {0}


def test_inner_products_over_blocks() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.random((3, 5000)), rng.random((4, 5000))
    assert inner(left, right) == pytest.approx(np.einsum("ls,rs->lr", left, right), rel=1e-13)
