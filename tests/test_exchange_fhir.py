"""FHIR in and out, and the CDS Hooks card: valid, true to the answer, and firm with bad input."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import bme_bayes as bb
from bme_bayes.cases import read_case
from bme_bayes.cli import main
from bme_bayes.exchange import card, import_fhir, read_fhir, read_mapping, risk_assessment
from bme_bayes.exchange.bands import plain_unit
from bme_bayes.exchange.cards import MOST, indicator
from bme_bayes.exchange.fhir import validated
from bme_bayes.exchange.mapping import plain
from bme_bayes.library import networks_folder
from bme_bayes.questions.red_flags import RedFlag
from bme_bayes.reading import read_rows
from bme_bayes.rules import RED_FLAGS, load_rules

TOP = Path(__file__).resolve().parents[1]
Data = dict[str, Any]
CASE: Data = {
    "age": 45,
    "sex": "male",
    "corticosteroids": "present",
    "serpentine_band": "present",
    "crp": "normal",
    "edema_extent": "regional",
}
R4 = {
    "resourceType", "contained", "status", "method", "code", "subject", "performer", "basis",
    "prediction", "note",
}  # fmt: skip
"""Elements of a RiskAssessment that R4 (4.0.1) has and that are written."""


@pytest.fixture(scope="module")
def hip() -> bb.Engine:
    return bb.Engine(bb.load("hip"))


@pytest.fixture(scope="module")
def spine() -> bb.Network:
    return bb.load("spine")


def observation(text: str, **more: Any) -> Data:
    return {"resourceType": "Observation", "status": "final", "code": {"text": text}, **more}


def coded(system: str, code: str, **more: Any) -> Data:
    return observation("", **more) | {"code": {"coding": [{"system": system, "code": code}]}}


def amount(value: float, unit: str, comparator: str = "") -> Data:
    return {"valueQuantity": {"value": value, "unit": unit} | (
        {"comparator": comparator} if comparator else {}
    )}  # fmt: skip


def condition(text: str, clinical: str = "active", verified: str = "confirmed") -> Data:
    return {
        "resourceType": "Condition",
        "subject": {"reference": "Patient/1"},
        "code": {"text": text},
        "clinicalStatus": {"coding": [{"code": clinical}]},
        "verificationStatus": {"coding": [{"code": verified}]},
    }


def bundle(*resources: Data) -> Data:
    entries = [{"resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


# RiskAssessment


def test_assessment_says_what_the_engine_says(hip: bb.Engine) -> None:
    made = risk_assessment(hip, CASE)
    assert set(made) == R4
    assert "mitigation" not in json.dumps(made)
    answer = hip.posterior(CASE)
    texts = {answer.labels[d]: p for d, p in answer.diagnoses.items()}
    found = {p["outcome"]["text"]: p["probabilityDecimal"] for p in made["prediction"]}
    assert list(found) == list(texts)  # every diagnosis, most probable main cause first
    for text, diagnosis in texts.items():
        assert found[text] == pytest.approx(100 * diagnosis.present, abs=1e-5)
    causes = risk_assessment(hip, CASE, measure="main_cause")["prediction"]
    assert sum(c["probabilityDecimal"] for c in causes) == pytest.approx(
        100 * (1 - answer.unexplained), abs=1e-3
    )
    assert all("coding" not in c["outcome"] for c in causes)


def test_assessment_names_basis_method_and_version(hip: bb.Engine) -> None:
    made = risk_assessment(hip, CASE, subject="Patient/7")
    basis = {b["display"] for b in made["basis"]}
    assert "C-reactive protein: normal" in basis
    assert len(basis) == len(CASE) + 1  # and the edema, which is taken as seen
    contained = {c["id"]: c for c in made["contained"]}
    assert {b["reference"].lstrip("#") for b in made["basis"]} == set(contained) - {"software"}
    versions = {v["type"]["text"]: v["value"] for v in contained["software"]["version"]}
    assert versions == {"software": bb.__version__, "model": hip.network.version}
    assert hip.network.version in made["method"]["text"]
    assert "general_orthopaedics" in made["method"]["text"]
    assert made["subject"] == {"reference": "Patient/7"}
    assert "45" not in json.dumps([made["contained"], made["basis"]])  # the age band alone


def test_assessment_is_valid_and_reads_back_to_the_same_answer(hip: bb.Engine) -> None:
    made = risk_assessment(hip, CASE)
    validated("RiskAssessment", made, "made")
    back = import_fhir(made, hip.network)
    assert {n.name for n in back.left_out} == {"Device"}
    again = hip.posterior(back.findings)
    assert again.to_frame()["present"].equals(hip.posterior(CASE).to_frame()["present"])


def test_assessment_of_another_measure(hip: bb.Engine) -> None:
    with pytest.raises(bb.UnknownName, match="did you mean 'present'"):
        risk_assessment(hip, CASE, measure="presence")


# Import


@pytest.mark.parametrize(
    ("given", "finding", "expected"),
    [
        (observation("CRP", **amount(3, "mg/L")), "crp", "normal"),
        (observation("CRP", **amount(1.4, "mg/dL")), "crp", "raised"),
        (observation("C-reactive protein", **amount(100, "mg/l")), "crp", "markedly_raised"),
        (observation("CRP", **amount(7, "mg/L")), "crp", {"normal": 1, "raised": 1}),
        (observation("CRP", **amount(60, "mg/L", ">")), "crp", {"raised": 1, "markedly_raised": 1}),
        (observation("CRP", **amount(5, "mg/L", "<")), "crp", "normal"),
        (coded("http://loinc.org", "30341-2", **amount(80, "mm/h")), "esr", "markedly_raised"),
        (coded("http://loinc.org", "6690-2", **amount(15000, "/uL")), "leukocytosis", "present"),
        (coded("http://loinc.org", "62292-8", **amount(12, "ng/mL")), "vitamin_d_level", "low"),
        (coded("http://loinc.org", "30525-0", **amount(45, "a")), "age_band", "30_50"),
        (observation("T-score", valueQuantity={"value": -2.5}), "dexa", "osteoporosis"),
        (observation("Night pain", valueBoolean=True), "night_pain", "present"),
        (observation("night_pain", valueBoolean=False), "night_pain", "absent"),
        (observation("RF", valueString="positive"), "rheumatoid_serology", "present"),
        (observation("Onset of pain", valueString="over days to weeks"), "onset", "subacute"),
        (condition("Osteoporosis", "resolved"), "osteoporosis", "present"),
        (condition("Vitamin D deficiency", verified="refuted"), "vitamin_d_deficiency", "absent"),
        (condition("Pregnancy"), "pregnancy", {"early": 1, "third_trimester_or_postpartum": 1}),
        ({"resourceType": "Patient", "gender": "female"}, "sex", "female"),
    ],
)  # fmt: skip
def test_what_an_entry_means(
    spine: bb.Network, given: Data, finding: str, expected: object
) -> None:
    assert dict(import_fhir([given], spine).findings) == {finding: expected}


def test_the_laboratory_has_the_last_word_on_its_limit(spine: bb.Network) -> None:
    given = observation("CRP", **amount(7, "mg/L"))
    given["referenceRange"] = [{"high": {"value": 0.8, "unit": "mg/dL"}}]
    assert import_fhir([given], spine).findings == {"crp": "normal"}
    given["interpretation"] = [{"coding": [{"code": "H"}]}]
    found = import_fhir([given], spine)
    assert [n.reason for n in found.left_out] == ["its value and its interpretation disagree"]
    alone = observation("urate", interpretation=[{"coding": [{"code": "H"}]}])
    assert import_fhir([alone], spine).findings == {"urate": "present"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (observation("Shoe size", valueInteger=43), "not in the mapping"),
        (observation("CRP", **amount(3, "mmol/L")), "its unit is mmol/L, not mg/L"),
        (observation("CRP", **amount(-3, "mg/L")), "outside what is possible"),
        (observation("CRP"), "no value"),
        (observation("CRP") | {"status": "entered-in-error"}, "entered-in-error"),
        (observation("urate", **amount(7, "mg/dL")), "no reference range"),
        (observation("fever", valueBoolean=False), "only a part"),
        (observation("Night pain", valueString="sometimes"), "its value is 'sometimes'"),
        (observation("Groin or anterior thigh pain", valueBoolean=True), "not a finding of spine"),
        (condition("Gout", verified="differential"), "not confirmed"),
        (condition("Fever", "resolved"), "its clinical status is resolved"),
        (condition("CRP"), "does not say what state"),
        ({"resourceType": "Medication"}, "not a kind that is read"),
        ({"resourceType": "Patient", "gender": "other"}, "neither female nor male"),
        ({"resourceType": "Patient", "birthDate": "1970-01-01"}, "no day is given"),
    ],
)
def test_what_says_nothing_is_listed_and_left_out(
    spine: bb.Network, given: Data, reason: str
) -> None:
    found = import_fhir(bundle(given), spine)
    assert dict(found.findings) == {}
    assert [reason in n.reason for n in found.left_out] == [True]


def test_birth_date_becomes_an_age_band(spine: bb.Network) -> None:
    born = {"resourceType": "Patient", "birthDate": "1975-06-15"}
    for day, band in ((date(2026, 6, 14), "30_50"), (date(2026, 6, 15), "51_65")):
        assert import_fhir([born], spine, on=day).findings == {"age_band": band}
    later = import_fhir([born], spine, on=date(1970, 1, 1))
    assert "no age of 0 to 120" in later.left_out[0].reason


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1965", "51_65"),
        ("1975", {"30_50": 1, "51_65": 1}),
        ("1975-06", {"30_50": 1, "51_65": 1}),
        ("1975-05", "51_65"),
    ],
)
def test_a_birth_date_may_be_a_year_or_a_month(
    spine: bb.Network, born: str, expected: object
) -> None:
    given = {"resourceType": "Patient", "birthDate": born}
    found = import_fhir([given], spine, on=date(2026, 6, 14))
    assert found.findings.get("age_band") == expected


def test_components_are_read_one_by_one(spine: bb.Network) -> None:
    parts = [
        {"code": {"text": "CRP"}, **amount(30, "mg/L")},
        {"code": {"text": "ESR"}, **amount(5, "mm/h")},
    ]
    found = import_fhir([observation("Inflammation", component=parts)], spine)
    assert found.findings == {"crp": "raised", "esr": "normal"}
    assert [r.place for r in found.read] == [f"FHIR, entry 1, component {i}" for i in (1, 2)]
    taken_back = observation("Inflammation", component=parts) | {"status": "cancelled"}
    again = import_fhir([taken_back], spine)
    assert (dict(again.findings), len(again.left_out)) == ({}, 2)


def test_conflicts_name_both(spine: bb.Network) -> None:
    low, high = observation("CRP", **amount(2, "mg/L")), observation("crp", **amount(80, "mg/L"))
    with pytest.raises(bb.InputError, match=r"entry 1 \(CRP\) says normal, .*entry 3 \(crp\) says"):
        import_fhir(bundle(low, observation("fever", valueBoolean=True), high), spine)
    grey = observation("CRP", **amount(7, "mg/L"))
    assert import_fhir([grey, low], spine).findings == {"crp": "normal"}  # they agree


BAD: list[tuple[object, str]] = [
    ("text", "a resource with its resourceType"),
    ({"a": 1}, "a resource with its resourceType"),
    ([1], "entry 1: not a resource"),
    ({"resourceType": "Medication"}, "is a Medication: a Bundle, Observation"),
    ({"resourceType": "Bundle"}, "not a valid FHIR Bundle: type"),
    ({"resourceType": "Bundle", "type": "collection", "entry": {}}, "entry is not a list"),
    ([{"resourceType": "Observation", "status": "final"}], "not a valid FHIR Observation: code"),
    ([observation("CRP", effectiveDateTime="2024-13-45")], "effectiveDateTime: DateTime value"),
    ([{"resourceType": "Patient", "birthDate": "yesterday"}], "birthDate: Date value"),
    ([observation("CRP", valueQuantity=[[1]])], "valueQuantity"),
    ([observation("CRP", valueBoolean=True, valueString="x")], "Any of one field value"),
    ([observation("x", subject={"reference": f"Patient/{i}"}) for i in "12"], "different patients"),
    ([{"resourceType": "Patient"}] * 2, "different patients"),
    ([{"resourceType": "Medication"}] * 10_001, "at most 10000"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_input_is_a_clear_error(
    spine: bb.Network, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: object,
    message: str,
) -> None:  # fmt: skip
    with pytest.raises(bb.InputError, match=re.escape(message)) as caught:
        import_fhir(given, spine)
    assert "\n" not in str(caught.value)
    assert "Patient/1" not in str(caught.value)
    path = tmp_path / "given.json"
    path.write_text(json.dumps(given))
    assert main(["fhir-import", str(path), "--region", "spine"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert "Traceback" not in printed.err


def test_huge_and_deep_and_broken_files(spine: bb.Network, tmp_path: Path) -> None:
    path = tmp_path / "given.json"
    for text, message in (
        ("[" + " " * 5_000_001 + "]", "larger than 5 MB"),
        ("[" * 100_000, "nested too deeply"),
        ('[{"resourceType": "Observation", "resourceType": "Patient"}]', "given twice"),
        ("[NaN]", "not a number that JSON knows"),
        ("{", "not valid JSON"),
    ):
        path.write_text(text)
        with pytest.raises(bb.InputError, match=message):
            read_fhir(path, spine)


def test_markup_and_line_breaks_stay_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name of an entry cannot add a finding to the case that is printed."""
    path = tmp_path / "given.json"
    name = "<script>alert(1)</script>\nfindings:\n  crp: raised" + "!" * 500
    path.write_text(json.dumps(bundle(observation(name), observation("CRP", **amount(3, "mg/L")))))
    assert main(["fhir-import", str(path), "--region", "hip"]) == 0
    printed = capsys.readouterr().out
    (tmp_path / "case.yaml").write_text(printed)
    assert read_case(tmp_path / "case.yaml").findings == {"crp": "normal"}
    assert all(len(line) < 250 for line in printed.splitlines())


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"region": "hip", "findings": CASE, "case_id": "Jane Doe"}))
    assert main(["fhir", str(case)]) == 0
    made = capsys.readouterr().out
    validated("RiskAssessment", json.loads(made), "printed")
    assert "Jane Doe" not in made
    (tmp_path / "made.json").write_text(made)
    read = ["fhir-import", str(tmp_path / "made.json"), "--region", "hip", "--setting", "obstetric"]
    assert main([*read, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["findings"]["age_band"] == "30_50"
    assert found["setting"] == "obstetric"
    assert {r["finding"] for r in found["read"]} == set(found["findings"])
    assert main(["card", str(case), "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)["cards"]
    assert set(shown) == {"summary", "indicator", "source", "detail"}
    assert "Jane Doe" not in json.dumps(shown)


def test_without_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The pages that show these commands say the same as the message, and it says no more."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("bme_bayes.exchange.fhir.import_module", missing)
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"region": "hip", "findings": CASE}))
    assert main(["fhir", str(case)]) == 2
    remedy = "pip install -e '.[fhir]'"
    expected = f"bme-bayes: error: this needs {remedy} in the project's folder\n"
    assert capsys.readouterr().err == expected
    for page in ("README.md", "docs/reference/cli.md", "docs/how-to/fhir.md"):
        assert remedy in (TOP / page).read_text(), page


# Mapping files


def test_bundled_mapping_knows_every_finding_and_shows_where_codes_were_seen() -> None:
    mapping = read_mapping()
    roles = ("context", "risk", "finding", "sign")
    rows = [r for r in read_rows(networks_folder() / "variables.csv") if r["role"] in roles]
    assert all(mapping.texts[plain(r["id"])].finding == r["id"] for r in rows)
    text = (networks_folder() / "fhir_mapping.yaml").read_text(encoding="utf-8")
    assert text.count("{system:") == len(mapping.codes) >= 15
    assert len(re.findall(r'system: "[^"]+", code: "?[\w:-]+"?, seen: "https?://', text)) == len(
        mapping.codes
    )
    systems = {system for system, _ in mapping.codes}
    assert systems == {
        "http://loinc.org", "http://snomed.info/sct", "http://human-phenotype-ontology.org",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{finding: crpp}", "unknown finding 'crpp' in own.yaml:2; did you mean 'crp'"),
        ("{finding: crp, texts: [x]}", "unknown field 'texts'"),
        ("{finding: crp, interpretation: {H: [hihg]}}", "unknown state 'hihg'"),
        ("{finding: crp, quantity: {unit: mg/L}}", "a unit and a list of bands"),
        ("{finding: crp, quantity: {bands: [{state: normal, to: hig}]}}", "'hig' is neither"),
        ("{finding: crp, quantity: {bands: [{state: normal, to: 1, below: 2}]}}", "two ends"),
        ("{finding: crp, quantity: {high: [9, 5], bands: []}}", "two in order"),
        ("{finding: crp, quantity: {convert: {g/L: 0}, bands: []}}", "factor of g/L"),
        ("{finding: crp, part: maybe}", "is true or false"),
        ("{finding: crp, codes: [{code: x}]}", "a code is"),
        ("{finding: crp, text: [x, X]}", "'X' also means crp"),
        ("crp", "an entry is a mapping"),
    ],
)
def test_faulty_mapping_files(tmp_path: Path, entry: str, message: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"findings:\n  - {entry}\n")
    with pytest.raises(bb.BmeBayesError, match=re.escape(message)):
        read_mapping(path)


def test_own_mapping(tmp_path: Path, spine: bb.Network) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("words: {present: [ja], absent: [nein]}\n"
                    "findings: [{finding: night_pain, text: [Nachtschmerz]}]\n")  # fmt: skip
    given = observation("Nachtschmerz", valueString="Ja")
    assert import_fhir([given], spine, read_mapping(path)).findings == {"night_pain": "present"}
    assert plain_unit("Mg / L") == "mg/l"


# Card


@pytest.mark.parametrize("region", ["ankle_foot", "spine"])
def test_card_is_short_and_says_how_urgent(region: str) -> None:
    engine = bb.Engine(bb.load(region))
    calm, flagged = (
        card(engine, {"age": 45}),
        card(engine, {"age": 45, "cancer_history": "present"}),
    )
    for made in (calm, flagged):
        assert 20 < len(made["summary"]) < MOST
        assert " of 100" in made["summary"]
        assert "\n" not in made["summary"]
        assert not re.search(r"(?<!\\)[<>]", made["detail"])
        assert "45" not in made["detail"].split("Rests on")[1].split("Base rates")[0]
        assert engine.network.version in made["source"]["label"]
        assert "not a medical device" in made["detail"]
    assert (calm["indicator"], flagged["indicator"]) == ("info", "warning")
    assert "had cancer" in flagged["detail"]
    assert "red flag" in flagged["summary"]
    assert "red flag" not in calm["summary"]


@pytest.mark.parametrize("flags", [(), ("urgent",), ("urgent", "urgent")])
def test_card_warns_of_a_red_flag_and_grades_no_emergency(flags: tuple[str, ...]) -> None:
    given = [RedFlag(str(i), "x", "x", urgency) for i, urgency in enumerate(flags)]
    assert indicator(given) == ("warning" if flags else "info")
    assert {rule.urgency for rule in load_rules(RED_FLAGS)} == {"urgent"}


def test_card_names_the_whole_of_a_diagnosis(spine: bb.Network) -> None:
    """Infection is not osteomyelitis alone, nor malignancy a bone tumour alone."""
    made = card(bb.Engine(spine), {"endplate_and_disc_signal": "present", "crp": "raised"})
    assert "Bone or joint infection" in made["summary"]
    assert "Osteomyelitis, septic arthritis or spondylodiscitis" in made["detail"]
    assert "Bone tumour, metastasis or marrow-replacing disease" in made["detail"]
