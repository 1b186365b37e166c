"""Joint results and their information, against asking for every result one by one."""

import shutil
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.random import default_rng
from numpy.typing import NDArray
from small_network import every_result, small_network

from bme_bayes.checks import check_data
from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import Contradiction, InputError, UnknownName
from bme_bayes.findings import code_findings
from bme_bayes.network import EDEMA, REGIONS, Variable
from bme_bayes.questions.battery import Bundle, choose, load_bundles, parse_bundles
from bme_bayes.questions.bundles import bundle_values, joint_information
from bme_bayes.questions.results import Results, unknown_findings
from bme_bayes.questions.targets import make_target
from bme_bayes.questions.value import next_findings
from bme_bayes.reading import read_network

Floats = NDArray[np.float64]
KNOWN: tuple[dict[str, object], ...] = (
    {},
    {"age": 40, "sex": "female", "limp": "present"},
    {"fever": "present", "sinus": "absent"},
    {"marrow_edema": "unknown", "steroids": {"present": 1.0, "absent": 0.4}},
)
SETS = (
    ("fever", "crp"),
    ("abscess", "sinus", "film"),
    ("steroids", "pregnancy", "age_band", "sex"),
    ("steroids", "crp", "onset", "sinus"),
    (EDEMA, "limp", "fever"),
)
TARGETS = ("all", "dangerous", "avn", "avn:infection")


def compiled(findings: dict[str, object], seed: int = 0) -> tuple[DiseaseSpace, Belief]:
    network = small_network(seed)
    space = DiseaseSpace(network)
    return space, space.belief(code_findings(network, findings))


def after(space: DiseaseSpace, belief: Belief, result: Mapping[str, str]) -> Belief | None:
    coded = dict(belief.coded)
    for name, state in result.items():
        variable = space.network.variable(name)
        coded[name] = np.eye(len(variable.states))[variable.state_index(state)]
    try:
        return space.belief(coded)
    except Contradiction:
        return None


def brute_joint(
    space: DiseaseSpace, belief: Belief, names: tuple[str, ...], given: Floats
) -> Floats:
    rows = []
    for result in every_result(space, list(names)):
        found = after(space, belief, result)
        chance = 0.0 if found is None else float(np.exp(found.log_evidence - belief.log_evidence))
        rows.append(chance * found.scenario @ given if found else np.zeros(given.shape[1]))
    return np.array(rows)


@pytest.mark.parametrize("findings", KNOWN)
@pytest.mark.parametrize("names", SETS)
def test_every_joint_result_has_its_probability_and_posterior(
    findings: dict[str, object], names: tuple[str, ...]
) -> None:
    space, belief = compiled(findings)
    results = Results(space, belief, names, neglect=0.0)
    given = make_target(space, "all").given
    joint = results.every(given[results.keep])
    assert joint.sum() == pytest.approx(1.0)
    brute = brute_joint(space, belief, results.names, given)
    order = {tuple(r.values()): i for i, r in enumerate(every_result(space, list(results.names)))}
    assert len(joint) <= len(order)
    for number, row in enumerate(joint):
        states = tuple(results.result(number)[n] for n in results.names)
        assert row == pytest.approx(brute[order.pop(states)], abs=1e-12)
    assert all(brute[i] == pytest.approx(0, abs=1e-12) for i in order.values())


@pytest.mark.parametrize("findings", KNOWN)
@pytest.mark.parametrize("names", SETS)
@pytest.mark.parametrize("target", TARGETS)
def test_joint_information(
    findings: dict[str, object], names: tuple[str, ...], target: str
) -> None:
    space, belief = compiled(findings)
    results, aim = Results(space, belief, names, neglect=0.0), make_target(space, target)
    brute = aim.information(brute_joint(space, belief, results.names, aim.given))
    exact = joint_information(results, aim, default_rng(0))
    assert exact.exact
    assert exact.bits == pytest.approx(brute, abs=1e-10)
    sampled = joint_information(results, aim, default_rng(1), tolerance=0.004, exact=0)
    assert not sampled.exact
    assert sampled.standard_error <= 0.004 or sampled.draws >= 20_000
    assert abs(sampled.bits - brute) <= 4 * sampled.standard_error + 1e-9
    spread = 4 * np.sqrt(exact.changes_lead * (1 - exact.changes_lead) / sampled.draws)
    assert abs(sampled.changes_lead - exact.changes_lead) <= spread + 1e-9


def test_one_finding_tells_what_the_panel_says() -> None:
    space, belief = compiled(KNOWN[1])
    panel = {f.id: f for f in next_findings(space, belief, "avn").findings}
    for name in unknown_findings(space, belief):
        results = Results(space, belief, [name], neglect=0.0)
        found = joint_information(results, make_target(space, "avn"), default_rng(0))
        assert found.bits == pytest.approx(panel[name].bits, abs=1e-10), name
        assert (found.changes_lead > 0) == panel[name].changes_lead


def test_more_findings_never_tell_less() -> None:
    space, belief = compiled({})
    aim = make_target(space, "all")
    names = ["crp", "fever", "film", "steroids", "abscess", "sinus"]
    bits = [
        joint_information(Results(space, belief, names[:i], neglect=0.0), aim, default_rng(0)).bits
        for i in range(1, len(names) + 1)
    ]
    assert all(b >= a - 1e-12 for a, b in pairwise(bits))


def test_sampled_results_have_their_probabilities() -> None:
    space, belief = compiled(KNOWN[2])
    results = Results(space, belief, ["crp", "abscess", "age_band", "steroids"], neglect=0.0)
    draws = 40_000
    states = results.states(results.sample(draws, default_rng(3)))
    joint = results.every(np.ones((len(results.keep), 1)))[:, 0]
    for number in np.argsort(-joint)[:25]:
        wanted = results.result(int(number))
        same = np.ones(draws, dtype=bool)
        for name, state in wanted.items():
            same &= states[name] == space.network.variable(name).state_index(state)
        p = joint[number]
        assert abs(same.mean() - p) <= 4 * np.sqrt(p * (1 - p) / draws)


BUNDLES = (
    Bundle("labs", "Labs", 2, "a needle", "book", "guess", findings=("crp",), groups=("symptom",)),
    Bundle("scan", "Scan", 3, "a scan", "book", "guess", groups=("mri",), exceptions=("sinus",)),
    Bundle("known", "Known", 1, "nothing", "book", "guess", findings=("limp",)),
)


def test_the_panel_of_tests() -> None:
    space, belief = compiled(KNOWN[1])
    panels = [bundle_values(space, belief, BUNDLES, rng=default_rng(5)) for _ in range(2)]
    assert panels[0] == panels[1]
    tests = {t.id: t for t in panels[0].tests}
    assert set(tests) == {"labs", "scan"}
    assert set(tests["labs"].findings) == {"crp", "fever", "onset"}
    assert tests["scan"].findings == ("abscess",)
    assert tests["labs"].per_burden == pytest.approx(tests["labs"].bits / 2)
    frame = panels[0].to_frame()
    assert frame["bits"].is_monotonic_decreasing
    assert frame["findings"]["labs"] == 3
    with pytest.raises(UnknownName, match="target"):
        bundle_values(space, belief, BUNDLES, "avm", rng=default_rng(0))
    with pytest.raises(InputError, match="tolerance"):
        bundle_values(space, belief, BUNDLES, rng=default_rng(0), tolerance=0)
    with pytest.raises(UnknownName, match="did you mean 'labs'"):
        choose(BUNDLES, ["lab"])
    with pytest.raises(UnknownName):
        Results(space, belief, ["feverish"])


def test_the_bundled_tests_hold_every_finding_of_every_region() -> None:
    bundles = load_bundles()
    assert len({b.id for b in bundles}) == len(bundles)
    assert all(b.burden in range(1, 6) and b.words and b.reason for b in bundles)
    from bme_bayes.library import networks_folder

    def askable(variable: Variable) -> bool:
        return variable.role in ("context", "risk", "finding", "sign")

    for region in REGIONS.values():
        network = read_network(region, networks_folder())
        assert {b.source for b in bundles} <= set(network.sources)
        held = {name for b in bundles for name in b.reveals(network)}
        assert held == {v.id for v in network.variables.values() if askable(v)}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("a word", "not a test"),
        ("{id: x}", "no label"),
        ("{id: x, label: X, words: w, source: s, reason: r, burden: 9}", "burden 9"),
        ("{id: x, label: X, words: w, source: s, reason: r, burden: 1}", "reveals nothing"),
        ("{id: x, label: X, words: w, source: s, reason: r, burden: 1, findings: [cpr]}", "'crp'"),
        ("{id: x, colour: red}", "unknown field 'colour'"),
    ],
)
def test_faults_in_the_file_of_tests_are_named(row: str, fault: str) -> None:
    tests, problems = parse_bundles(
        f"- {row}\n", {"groups": {"lab"}, "findings": {"crp"}, "except": set()}
    )
    assert not tests
    assert fault in str(problems[0])


def test_check_finds_faults_in_the_file_of_tests(tmp_path: Path) -> None:
    top = Path(__file__).resolve().parents[1]
    hide = shutil.ignore_patterns("elicitation", "starts.csv")
    shutil.copytree(top / "networks", tmp_path / "networks", ignore=hide)
    shutil.copytree(top / "priors", tmp_path / "priors")
    path = tmp_path / "networks" / "tests.yaml"
    text = path.read_text()
    path.write_text(text.replace("crp, esr", "cpr, esr").replace("overview_000", "overview", 1)
                    + "\n" + text[text.index("- id: dexa") : text.index("- id: mri")])  # fmt: skip
    shown = [str(p) for p in check_data(tmp_path) if p.file == "tests.yaml"]
    assert any("'cpr'" in p for p in shown)
    assert any("overview" in p and "source" in p for p in shown)
    assert any("dexa is given in row" in p for p in shown)
    path.unlink()
    assert any("tests.yaml" in str(p) for p in check_data(tmp_path))
