"""`check` finds each fault that was put in on purpose, with its file and row."""

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bme_bayes.checks import check_data
from bme_bayes.errors import Problem

TOP = Path(__file__).resolve().parents[1]
HIDE = shutil.ignore_patterns("elicitation", "starts.csv")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the bundled data."""
    for name in ("networks", "priors"):
        shutil.copytree(TOP / name, tmp_path / name, ignore=HIDE)
    return tmp_path


@pytest.fixture(scope="module")
def before() -> list[Problem]:
    return check_data(TOP)


def test_bundled_data_has_no_problem(before: list[Problem]) -> None:
    assert [str(p) for p in before] == []


Row = dict[str, str]
Match = Callable[[Row], bool]


def edit(data: Path, file: str, match: Match, **cells: str) -> int:
    """Change cells of the first row that matches; its line number."""
    path = data / "networks" / file
    with path.open(newline="", encoding="utf-8") as handle:
        reader = csv.DictReader(handle)
        rows, columns = list(reader), list(reader.fieldnames or ())
    index = next(i for i, row in enumerate(rows) if match(row))
    rows[index] |= cells
    write(path, columns, rows)
    return index + 2


def write(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def drop(data: Path, file: str, match: Match) -> None:
    path = data / "networks" / file
    with path.open(newline="", encoding="utf-8") as handle:
        reader = csv.DictReader(handle)
        rows, columns = list(reader), list(reader.fieldnames or ())
    kept = [row for row in rows if not match(row)]
    assert len(kept) < len(rows)
    write(path, columns, kept)


def new(data: Path, before: list[Problem]) -> list[Problem]:
    """The problems that the bundled data does not have."""
    return [p for p in check_data(data) if p not in before]


def has(problems: list[Problem], file: str, row: int | None, message: str) -> bool:
    return any(p.file == file and p.row == row and re.search(message, p.message) for p in problems)


def one(**wanted: str) -> Match:
    return lambda row: all(row[k] == v for k, v in wanted.items())


CRP = one(quantity="frequency", child="crp")
LIMP = one(quantity="frequency", child="limp", cause="none")
ODDS = one(quantity="odds_ratio")
EDITS = [
    ("links.csv", CRP, {"child": "crq"}, "unknown variable 'crq'; did you mean 'crp'"),
    ("links.csv", CRP, {"state": "rised"}, "unknown state 'rised'; did you mean 'raised'"),
    ("links.csv", CRP, {"cause": "avn.erly"}, "unknown cause 'avn.erly'"),
    ("links.csv", CRP, {"quantity": "frequencies"}, "unknown quantity"),
    ("links.csv", CRP, {"child": "alcohol"}, "frequency of alcohol, which is a risk"),
    ("links.csv", CRP, {"sources": "nobody1999"}, "unknown source 'nobody1999'"),
    ("links.csv", CRP, {"claims": "clin99999"}, "unknown claim"),
    ("links.csv", CRP, {"basis": "published", "claims": ""}, "it names no claim"),
    ("links.csv", CRP, {"basis": "both", "claims": "mri001", "sources": ""}, "it names no source"),
    ("links.csv", CRP, {"basis": "guessed"}, "unknown basis"),
    ("links.csv", CRP, {"basis": "elicited", "note": " "}, "no note that gives its reason"),
    ("links.csv", CRP, {"basis": "elicited", "n": "400"}, "counts for 400 patients"),
    ("links.csv", CRP, {"value": "1.2", "high": "1.3"}, "a share outside 0 to 1"),
    ("links.csv", CRP, {"value": "-0.1", "low": "-0.2"}, "a share outside 0 to 1"),
    ("links.csv", CRP, {"value": "nan"}, "is not a number|excludes"),
    ("links.csv", CRP, {"value": "much"}, "is not a number"),
    ("links.csv", CRP, {"low": "0.9", "value": "0.5", "high": "0.95"}, "excludes the value 0.5"),
    ("links.csv", CRP, {"n": "0"}, "the weight n is 0"),
    ("links.csv", CRP, {"regions": "hx"}, "regions 'hx' are not letters"),
    ("links.csv", ODDS, {"value": "0", "low": "0"}, "odds_ratio is not positive"),
    ("links.csv", one(quantity="coupling"), {"cause": "severty"}, "does not hang on the process"),
    ("links.csv", one(quantity="kind_share"), {"state": "nokind"}, "unknown kind 'nokind'"),
    ("variables.csv", one(id="limp"), {"role": "findng"}, "unknown role 'findng'"),
    ("variables.csv", one(id="limp"), {"process": "severty"}, "unknown process 'severty'"),
    ("variables.csv", one(id="limp"), {"process": "crp"}, "process crp is no process"),
    ("variables.csv", one(id="limp"), {"model": "noisy"}, "unknown model"),
    ("variables.csv", one(id="limp"), {"states": "absent"}, "not two or more"),
    ("variables.csv", one(id="limp"), {"states": "no|some|much"}, "noisy_or is for two states"),
    ("variables.csv", one(id="limp"), {"state_labels": "a|b|c"}, "3 state labels for 2 states"),
    ("variables.csv", one(id="sinus_tract"), {"part_of": "groin_pain"}, "does not exist in all"),
    ("variables.csv", one(id="sinus_tract"), {"part_of": ""}, "go together"),
    ("variables.csv", one(id="limp"), {"part_of": "limp"}, "a cycle: limp -> limp"),
    ("variables.csv", one(id="severity"), {"process": "severity"}, "a cycle: severity -> severity"),
    ("variables.csv", one(id="fluid_collection"), {"id": "sinus_tract"}, "is defined in row"),
    ("kinds.csv", one(id="classic"), {"grade": ""}, "bmes.classic has no grade"),
    ("kinds.csv", one(id="classic"), {"grade": "absent"}, "unknown grade 'absent'"),
    ("kinds.csv", one(id="classic"), {"diagnosis": "bmess"}, "unknown diagnosis 'bmess'"),
    ("kinds.csv", one(id="classic"), {"id": "migratory"}, ""),
    ("kinds.csv", one(diagnosis="sifk"), {"regions": "kh"}, "does not exist in all its regions"),
    ("claims.csv", one(claim_id="mri001"), {"source_id": "nobody"}, "unknown source 'nobody'"),
    ("claims.csv", one(claim_id="mri001"), {"claim_id": "mri002"}, ""),
    ("claim_uses.csv", one(claim_id="mri001"), {"claim_id": "mri000"}, "unknown claim 'mri000'"),
    ("claim_uses.csv", one(use="no"), {"reason": ""}, "the use has no reason"),
    ("claim_uses.csv", one(use="finding"), {"spectrum": "3"}, "out of range"),
    ("claim_uses.csv", one(use="finding"), {"spectrum": "0.01"}, "spectrum 0.01 is out of range"),
    ("claim_uses.csv", one(use="finding"), {"child": "crq"}, "unknown variable 'crq'"),
    ("claim_uses.csv", one(use="finding"), {"use": "findin"}, "unknown use 'findin'"),
    ("claim_uses.csv", one(use="carrier"), {"column": "metastases"}, "unknown column 'metastases'"),
    ("claim_uses.csv", one(use="carrier"), {"value": "44"}, "the share 44 is outside 0 to 1"),
    ("sources.csv", one(source_id="ikemura2010"), {"doi": "https://x"}, "is no DOI"),
    ("sources.csv", one(source_id="ikemura2010"), {"title": ""}, "no id or no title"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "match", "cells", "message"), EDITS)
def test_spoiled_row(
    data: Path, before: list[Problem], file: str, match: Match, cells: Row, message: str
) -> None:
    row = edit(data, file, match, **cells)
    problems = new(data, before)
    if message:
        assert has(problems, file, row, message), [str(p) for p in problems[:5]]
    else:
        assert has(problems, file, row + 1, "is defined in row"), [str(p) for p in problems[:5]]


def test_all_faults_are_found_at_once(data: Path, before: list[Problem]) -> None:
    edit(data, "links.csv", CRP, value="7")
    edit(data, "kinds.csv", one(id="classic"), grade="")
    edit(data, "sources.csv", one(source_id="ikemura2010"), doi="none")
    assert {"links.csv", "kinds.csv", "sources.csv"} <= {p.file for p in new(data, before)}


def test_sums_over_states(data: Path, before: list[Problem]) -> None:
    edit(
        data,
        "links.csv",
        one(quantity="share", child="age_band", state="30_50"),
        value="0.99",
        high="1",
    )
    assert any("sum to" in p.message for p in new(data, before))


@pytest.mark.parametrize(
    ("match", "message"),
    [
        (LIMP, "limp has no leak"),
        (one(quantity="frequency", child="marrow_edema", cause="none"), "marrow_edema has no leak"),
        (one(quantity="frequency", child="severity", cause="none"), "severity has no leak"),
        (one(child="limp", cause="infection.pyogenic"), "pyogenic has no link to the finding limp"),
        (one(child="marrow_edema", cause="sifk.sifk"), "sifk.sifk has no link to marrow edema"),
        (one(child="age_band", cause="sifk.sifk"), "sifk.sifk has no shares of age_band"),
        (one(quantity="coupling", child="limp"), "limp has no coupling to severity"),
    ],
)  # fmt: skip
def test_missing_number(data: Path, before: list[Problem], match: Match, message: str) -> None:
    drop(data, "links.csv", match)
    assert has(new(data, before), "links.csv", None, message)


def test_duplicate_number(data: Path, before: list[Problem]) -> None:
    path = data / "networks" / "links.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    assert has(new(data, before), "links.csv", len(lines) + 1, "the same number as row 2")


def test_state_without_a_kind(data: Path, before: list[Problem]) -> None:
    drop(data, "kinds.csv", one(diagnosis="sifk"))
    assert any("the state present has no kind in k" in p.message for p in new(data, before))


def test_claim_that_nobody_decided_on(data: Path, before: list[Problem]) -> None:
    drop(data, "claim_uses.csv", one(claim_id="mri004"))
    assert any("mri004 is neither used nor listed" in p.message for p in new(data, before))


def test_table_that_cannot_be_read(data: Path, before: list[Problem]) -> None:
    (data / "networks" / "sources.csv").unlink()
    (data / "networks" / "claims.csv").write_bytes(b"\xff\xfe")
    (data / "networks" / "kinds.csv").write_text("diagnosis,id,grade\na,b,c\n")
    with (data / "networks" / "variables.csv").open("a") as handle:
        handle.write("short,row\n")
    problems = new(data, before)
    assert has(problems, "sources.csv", None, "cannot be read")
    assert has(problems, "claims.csv", None, "cannot be read")
    assert has(problems, "kinds.csv", 1, "has no column label, regions")
    assert any(p.file == "variables.csv" and "does not have" in p.message for p in problems)


def spoil_prior(data: Path, pattern: str, replacement: str, count: int = 1) -> int:
    """Replace in general_orthopaedics.yaml; the line of the first change."""
    path = data / "priors" / "general_orthopaedics.yaml"
    text = path.read_text(encoding="utf-8")
    found = re.search(pattern, text)
    assert found
    path.write_text(re.sub(pattern, replacement, text, count=count), encoding="utf-8")
    return text[: found.start()].count("\n") + 1


PRIORS = [
    (r"variable: bmes,", "variable: bmess,", "unknown diagnosis 'bmess'; did you mean 'bmes'"),
    (
        r"variable: avn, state: early_arco_1_2",
        "variable: avn, state: early",
        "unknown state 'early'",
    ),
    (
        r"variable: avn, state: late_arco_3_4",
        "variable: avn, state: early_arco_1_2",
        "given in row",
    ),
    (r"variable: alcohol", "variable: alcohl", "unknown context or risk factor 'alcohl'"),
    (r"state: third_trimester_or_postpartum", "state: third", "unknown state 'third'"),
    (r"value: 0\.\d+", "value: 1.5", "a share outside 0 to 1"),
    (r"value: 0\.\d+", "value: 0.999", "excludes the value"),
    (r"value: 0\.\d+", "value: big", "is not a number"),
    (r"sources: panel", "sources: penal", "unknown source 'penal'; did you mean 'panel'"),
    (r"note: '[^']*'", "note: ''", "no note that gives its reason"),
]


@pytest.mark.parametrize(("pattern", "replacement", "message"), PRIORS)
def test_spoiled_prior(
    data: Path, before: list[Problem], pattern: str, replacement: str, message: str
) -> None:
    row = spoil_prior(data, pattern, replacement)
    problems = new(data, before)
    assert has(problems, "general_orthopaedics.yaml", row, message), [str(p) for p in problems[:5]]


def test_prior_that_lacks_something(data: Path, before: list[Problem]) -> None:
    spoil_prior(data, r"    - \{variable: infection,.*\n", "")
    spoil_prior(data, r"  - \{variable: alcohol,.*\n", "")
    spoil_prior(data, r"  spine:\n", "  spin:\n")
    spoil_prior(data, r"name: general_orthopaedics", "name: another")
    messages = "\n".join(p.message for p in new(data, before))
    assert "hip: infection (present) has no base rate" in messages
    assert "the mix says nothing about alcohol" in messages
    assert "unknown region 'spin'; did you mean 'spine'" in messages
    assert "has no base rates for spine" in messages
    assert "its name is 'another'" in messages


def test_base_rates_that_cannot_be(data: Path, before: list[Problem]) -> None:
    spoil_prior(
        data, r"value: 0\.\d+, low: [^,]*, high: [^,]*", "value: 0.9, low: 0.1, high: 1", count=8
    )
    assert any("diagnoses a patient" in p.message for p in new(data, before))


def test_prior_that_is_no_yaml(data: Path, before: list[Problem]) -> None:
    (data / "priors" / "obstetric.yaml").write_text("a: [")
    (data / "priors" / "sports_medicine.yaml").write_text("[]")
    problems = new(data, before)
    assert has(problems, "obstetric.yaml", None, "not valid YAML")
    assert has(problems, "sports_medicine.yaml", None, "is not a prior file")


RULE = "- {id: x, text: t, source: overview_000, regions: [hip], when: {%s}}\n"
RULES = [
    (RULE % "crq: raised", "unknown finding 'crq'; did you mean 'crp'"),
    (RULE % "crp: rised", "unknown state of crp 'rised'"),
    (RULE % "neurologic_deficit: present", "exists in none of its regions"),
    (RULE % "probability: {avm: 0.5}", "unknown diagnosis 'avm'"),
    (RULE % "all: [{crp: raised}, {any: [{esr: hihg}]}]", "unknown state of esr"),
    (RULE.replace("overview_000", "nobody") % "crp: raised", "unknown source 'nobody'"),
    (RULE.replace("hip", "hips") % "crp: raised", "unknown region 'hips'"),
    ("- {id: x, text: t, source: overview_000}\n", "has no `when`"),
    (RULE.replace("id: x", "id: bone_pain_after_cancer") % "crp: raised", "is given in row"),
    ("- {id: x, text: t}\n", "has no source"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "message"), RULES)
def test_spoiled_rule(data: Path, before: list[Problem], rule: str, message: str) -> None:
    path = data / "networks" / "red_flags.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + rule, encoding="utf-8")
    problems = new(data, before)
    row = text.count("\n") + 1
    assert has(problems, "red_flags.yaml", row, message), [str(p) for p in problems[:5]]


def test_regions(data: Path, before: list[Problem]) -> None:
    networks = data / "networks"
    (networks / "hip.yaml").write_text("region: knee\nletter: x\nlabel: ' '\nlable: Hip\n")
    (networks / "knee.yaml").unlink()
    (networks / "spine.yaml").write_text("[]")
    (networks / "wrist.yaml").write_text("region: wrist\nletter: w\nlabel: Wrist\n")
    problems = new(data, before)
    for message in (
        "region is 'knee', not 'hip'",
        "letter is 'x', not 'h'",
        "label is blank",
        "unknown key 'lable'; did you mean 'label'",
    ):
        assert has(problems, "hip.yaml", 1, message), message
    assert has(problems, "knee.yaml", None, "cannot read")
    assert has(problems, "spine.yaml", None, "is not a mapping of region, letter, label")
    assert has(problems, "wrist.yaml", 1, "unknown region 'wrist'")


def test_cards(data: Path, before: list[Problem]) -> None:
    cards = data / "networks" / "cards"
    (cards / "sifk.md").unlink()
    avn = cards / "avn.md"
    text = avn.read_text(encoding="utf-8")
    avn.write_text(text + "\nSomeone says so [nobody1999].\n", encoding="utf-8")
    bmes = cards / "bmes.md"
    bmes.write_text(
        bmes.read_text(encoding="utf-8").replace("id: bmes", "id: other", 1), encoding="utf-8"
    )
    problems = new(data, before)
    assert has(problems, "cards", None, "the diagnosis sifk has no card")
    assert has(problems, "cards/avn.md", text.count("\n") + 2, "unknown source 'nobody1999'")
    assert has(problems, "cards/bmes.md", 1, "has no head with the id bmes")


def test_cases(data: Path, before: list[Problem]) -> None:
    path = data / "networks" / "cases" / "published_cases.jsonl"
    path.write_text(
        '{"region": "hip", "findings": {"crq": "raised", "crp": "hgh"}, "diagnosis": "sifk"}\n'
    )
    messages = "\n".join(p.message for p in new(data, before))
    assert "unknown finding 'crq'" in messages
    assert "unknown state of crp 'hgh'" in messages
    assert "unknown diagnosis 'sifk'" in messages
