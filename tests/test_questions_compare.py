"""What if: variants side by side, and seeing against doing."""

import numpy as np
import pytest
from small_network import KINDS, small_network

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import Contradiction, InputError, UnknownName
from bme_bayes.findings import code_findings
from bme_bayes.questions.compare import compare, variant, with_rates
from bme_bayes.questions.intervene import intervene

FINDINGS: dict[str, object] = {"limp": "present", "crp": "raised"}


def compiled(seed: int = 0) -> DiseaseSpace:
    return DiseaseSpace(small_network(seed))


def test_variants_side_by_side() -> None:
    space = compiled()
    other = {**FINDINGS, "fever": "present", "limp": "absent"}
    found = compare([variant("first", space, FINDINGS), variant("second", space, other)])
    assert found.findings == {"limp": ("present", "absent"), "fever": ("", "present")}
    frame = found.to_frame()
    for name in space.scenarios.diagnoses:
        before, after = (p.diagnoses[name].main_cause for p in found.posteriors)
        assert found.difference(name, 1) == pytest.approx(after - before)
        assert frame["second", "difference"][name] == pytest.approx(after - before)
        assert frame["first", "main_cause"][name] == pytest.approx(before)
    assert frame["second", "difference"].sum() == pytest.approx(
        found.posteriors[0].unexplained - found.posteriors[1].unexplained
    )
    assert all(w.startswith("second") for w in found.words)
    assert found.words


def test_the_same_twice_does_not_differ() -> None:
    space = compiled()
    found = compare([variant("a", space, FINDINGS), variant("b", space, FINDINGS)])
    assert found.findings == {}
    assert found.to_frame()["b", "difference"].abs().max() == 0
    assert "no diagnosis differs" in found.words[-1]


def test_edited_base_rates_are_what_the_model_says_before_any_finding() -> None:
    space = compiled()
    edited = variant("edited", space, {}, {"infection": 0.2, "avn.late": 0.05})
    first, second = compare([variant("first", space, {}), edited]).posteriors
    assert second.diagnoses["infection"].present == pytest.approx(0.2, abs=1e-6)
    assert second.diagnoses["avn"].states["late"] == pytest.approx(0.05, abs=1e-6)
    total = [sum(d.present for d in p.diagnoses.values()) for p in (first, second)]
    assert total[1] == pytest.approx(total[0], abs=1e-6)
    assert second.model_version != first.model_version
    both = with_rates(space.network, {"avn": 0.1}).prior
    assert both is not None
    rates = both.region("hip")
    assert rates["avn", "early"].value + rates["avn", "late"].value == pytest.approx(0.1)
    assert rates["avn", "early"].value / rates["avn", "late"].value == pytest.approx(1.5)


def test_faulty_comparisons_are_named() -> None:
    space = compiled()
    one = variant("a", space, FINDINGS)
    with pytest.raises(InputError, match="at least two"):
        compare([one])
    with pytest.raises(InputError, match="different names"):
        compare([one, one])
    with pytest.raises(UnknownName, match="infection"):
        variant("b", space, {}, {"infecton": 0.1})
    with pytest.raises(InputError, match="not between 0 and 1"):
        variant("b", space, {}, {"infection": 1.5})
    with pytest.raises(InputError, match="leave nothing"):
        variant("b", space, {}, {"infection": 0.9, "osteoarthritis": 0.9})


def brute(
    space: DiseaseSpace, findings: dict[str, object], state: str, *, do: bool
) -> dict[str, float]:
    """Main causes with pregnancy seen or set, by explicit loops over all else."""
    network, mix = space.network, space.roots.mix
    coded = code_findings(network, findings)
    below = {n: v for n, v in coded.items() if network.variable(n).role in ("finding", "sign")}
    likely = space.belief(below).scenario / space.belief({}).scenario
    prior = space.solved.scenario
    tables = {r.variable.id: r for r in mix.risks}
    wanted = network.variable("pregnancy").state_index(state)
    weight = np.zeros(space.scenarios.size)
    for s, row in enumerate(space.scenarios.members):
        members = [int(k) for k in row if k < len(KINDS)]
        for a, x in np.ndindex(5, 2):
            seen = coded.get("age_band", np.ones(5))[a] * coded.get("sex", np.ones(2))[x]
            w = prior[s] * mix.age[a] * mix.sex[x] * seen
            w *= np.prod([mix.age_ratio[a, k] * mix.sex_ratio[x, k] for k in members])
            steroids = tables["steroids"]
            known = coded.get("steroids", np.ones(2))
            w *= sum(
                known[i]
                * steroids.shares()[i, a, x]
                * np.prod([steroids.ratio[i, k] for k in members])
                for i in range(2)
            )
            pregnancy = tables["pregnancy"]
            share = pregnancy.shares()[wanted, a, x]
            w *= np.prod([pregnancy.ratio[wanted, k] for k in members])
            weight[s] += w * (float(share > 0) if do else share)
    weight *= likely
    main = weight @ space.main_matrix / weight.sum()
    return dict(zip(space.scenarios.diagnoses, main.tolist(), strict=True))


@pytest.mark.parametrize(
    "findings", [{}, {"limp": "present", "steroids": "present"}, {"sex": "female", "crp": "high"}]
)
def test_seeing_and_doing(findings: dict[str, object]) -> None:
    space = compiled(1)
    belief = space.belief(code_findings(space.network, findings))
    found = intervene(space, belief, "pregnancy")
    assert sum(a.patients for a in found.arms.values()) == pytest.approx(1)
    for state, arm in found.arms.items():
        seen = space.belief(code_findings(space.network, {**findings, "pregnancy": state}))
        main = dict(zip(space.scenarios.diagnoses, seen.scenario @ space.main_matrix, strict=True))
        assert arm.seen == pytest.approx(main)
        assert arm.patients == pytest.approx(np.exp(seen.log_evidence - belief.log_evidence))
        assert arm.seen == pytest.approx(brute(space, findings, state, do=False))
        assert arm.done == pytest.approx(brute(space, findings, state, do=True))
    assert "pregnan" in found.words.lower()
    assert set(found.to_frame().columns.get_level_values(1)) == {"seen", "done"}


def test_with_age_and_sex_known_doing_is_seeing() -> None:
    space = compiled(1)
    findings: dict[str, object] = {
        "age": 30,
        "sex": "female",
        "limp": "present",
        "steroids": "absent",
    }
    belief = space.belief(code_findings(space.network, findings))
    found = intervene(space, belief, "steroids")
    assert found.gap == pytest.approx(0, abs=1e-12)
    assert "come to the same" in found.words
    other = space.belief(code_findings(space.network, {**findings, "steroids": "present"}))
    assert intervene(space, other, "steroids").arms == found.arms
    man = space.belief(code_findings(space.network, {"age": 30, "sex": "male"}))
    assert list(intervene(space, man, "pregnancy").arms) == ["none"]


def test_only_risk_factors_can_be_set() -> None:
    space = compiled()
    belief = space.belief(code_findings(space.network, FINDINGS))
    with pytest.raises(InputError, match="not a risk factor"):
        intervene(space, belief, "age_band")
    with pytest.raises(UnknownName, match="steroids"):
        intervene(space, belief, "steroid")
    impossible = code_findings(space.network, {"sex": "male", "pregnancy": "late"})
    with pytest.raises(Contradiction):
        space.belief(impossible)
