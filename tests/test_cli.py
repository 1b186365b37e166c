"""The command line: one JSON object, readable text, and exit 2 for bad input."""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import bme_bayes
from bme_bayes.cli import build_parser, main
from bme_bayes.library import VARIABLE
from bme_bayes.network import REGIONS
from bme_bayes.questions.targets import DANGEROUS
from bme_bayes.questions.words import in_sentence, short

TOP = Path(__file__).resolve().parents[1]
CASES = TOP / "networks" / "cases" / "published_cases.jsonl"
HIP = {"region": "hip", "findings": {"corticosteroids": "present", "crp": "normal", "age": 45}}
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(HIP))
    return str(path)


def answer(capsys: Capture, *arguments: str) -> Any:
    """What a command prints with --json: one JSON object and nothing else."""
    status = main([*arguments, "--json"])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    assert printed.err == ""
    assert printed.out.count("\n") == 1
    return json.loads(printed.out)


def refusal(capsys: Capture, *arguments: str) -> str:
    """What a command says on standard error when it exits with 2."""
    try:
        status = main(list(arguments))
    except SystemExit as stop:
        status = int(stop.code or 0)
    printed = capsys.readouterr()
    assert status == 2, printed.out
    assert printed.out == ""
    assert printed.err
    return printed.err


def run(*arguments: str, given: str = "", status: int = 0) -> str:
    """A run in its own process, away from the repository's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "bme_bayes.cli", *arguments],
        input=given, capture_output=True, text=True, cwd="/", check=False,
        env={k: v for k, v in os.environ.items() if k != VARIABLE} | {"PYTHONPATH": str(TOP)},
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    assert (done.stdout if status == 2 else done.stderr) == ""
    return done.stderr if status == 2 else done.stdout


def test_posterior_is_as_in_the_contract(capsys: Capture, case: str) -> None:
    found = answer(capsys, "posterior", case)
    keys = "region setting model_version diagnoses explanations primary red_flags log_evidence"
    assert set(keys.split()) <= set(found)
    assert (found["region"], found["setting"]) == ("hip", "general_orthopaedics")
    total = 0.0
    for diagnosis in found["diagnoses"].values():
        assert {"main_cause", "present", "states", "low", "high", "kinds"} <= set(diagnosis)
        present = diagnosis["present"]
        assert 0 <= diagnosis["low"] <= present <= diagnosis["high"] <= 1
        assert sum(diagnosis["states"].values()) == pytest.approx(present, abs=1e-9)
        assert sum(diagnosis["kinds"].values()) == pytest.approx(present, abs=1e-9)
        total += diagnosis["main_cause"]
    assert total + found["unexplained"] == pytest.approx(1, abs=1e-9)
    assert found["primary"] == found["diagnoses"]["bmes"]["main_cause"]
    first = found["explanations"][0]
    assert set(first["diagnoses"]) <= set(found["diagnoses"])
    assert 0 < first["probability"] <= 1
    assert list(found["diagnoses"]["avn"]["states"]) == ["early_arco_1_2", "late_arco_3_4"]


def test_posterior_shows_red_flags_and_follows_the_setting(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("region: spine\nfindings:\n  neurologic_deficit: present\n  age_band: 51_65\n")
    found = answer(capsys, "posterior", str(path), "--setting", "rheumatology_tertiary")
    assert found["setting"] == "rheumatology_tertiary"
    (flag,) = found["red_flags"]
    assert flag["id"] == "progressive_neurologic_deficit"
    assert flag["source"] == "overview_001"
    assert flag["text"]
    assert main(["posterior", str(path)]) == 0
    text = capsys.readouterr().out
    assert "RED FLAG" in text
    assert re.search(r"\d+ of 100", text)


def test_posterior_checks_the_criteria_of_a_programme(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(
        "region: hip\nfindings: {persistent_over_6_weeks: present, multiple_joints: absent, "
        "bilateral_or_multifocal: absent, previous_bme_other_joint: absent}\n"
    )
    met = {c["id"]: c["met"] for c in answer(capsys, "posterior", str(path))["programme"]}
    assert met["edema_beyond_weeks"] is True
    assert met["several_regions"] is False
    assert met["slow_healing"] is None
    assert main(["posterior", str(path)]) == 0
    assert f"{list(met.values()).count(True)} of {len(met)} criteria" in capsys.readouterr().out


def test_posterior_text_hides_no_danger_and_says_that_no_flag_fires(
    capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "case.json"
    findings = {"pregnancy": "third_trimester_or_postpartum", "crp": "normal", "esr": "normal"}
    findings |= dict.fromkeys(("t1_marrow_replacement", "night_pain", "synovitis"), "absent")
    path.write_text(json.dumps({"region": "hip", "findings": findings}))
    found = answer(capsys, "posterior", str(path))
    chance = {d: max(p["main_cause"], p["present"]) for d, p in found["diagnoses"].items()}
    hidden = {d for d, p in chance.items() if p < 0.005}
    assert main(["posterior", str(path)]) == 0
    text = " ".join(capsys.readouterr().out.split())
    count = "1 other is" if len(hidden) == 1 else f"{len(hidden)} others are"
    _, _, rest = text.partition(f"{count} below 0.5 %. Not to be missed among them: ")
    named = rest.partition(").")[0]
    assert hidden & set(DANGEROUS)
    for name in DANGEROUS:
        label = in_sentence(short(bme_bayes.load("hip").labels.get(name, name)))
        assert (f"{label} (" in named) == (name in hidden), name
    assert ("No red flag fires on what was entered." in text) == (not found["red_flags"])


def test_setting_of_the_case_is_used_unless_another_is_asked_for(
    capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(HIP | {"setting": "obstetric"}))
    assert answer(capsys, "posterior", str(path))["setting"] == "obstetric"
    asked = answer(capsys, "posterior", str(path), "--setting", "sports_medicine")
    assert asked["setting"] == "sports_medicine"


@pytest.mark.parametrize("target", ["all", "dangerous", "avn", "avn:bmes"])
def test_next_is_as_in_the_contract(capsys: Capture, case: str, target: str) -> None:
    found = answer(capsys, "next", case, "--target", target, "--top", "5")
    assert len(found["findings"]) == 5
    bits = [f["bits"] for f in found["findings"]]
    assert bits == sorted(bits, reverse=True)
    for finding in found["findings"]:
        assert {"id", "bits", "results", "changes_lead"} <= set(finding)
        assert finding["id"] not in HIP["findings"]
        chances = [r["probability"] for r in finding["results"].values()]
        assert sum(chances) == pytest.approx(1, abs=1e-6)
        assert all("avn" in r["diagnoses"] for r in finding["results"].values())
    assert found["tests"]
    for test in found["tests"]:
        assert {"id", "bits", "findings"} <= set(test)
        assert test["findings"]


def test_next_gives_every_finding_and_a_readable_table(capsys: Capture, case: str) -> None:
    assert len(answer(capsys, "next", case)["findings"]) > 40
    assert main(["next", case, "--top", "3"]) == 0
    text = capsys.readouterr().out
    assert "Whole test" in text
    assert "of 100" in text


def test_next_before_the_mri_is_the_whole_scan(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"region": "hip", "findings": {"marrow_edema": "not_imaged"}}))
    found = answer(capsys, "next", str(path), "--top", "5")
    network = bme_bayes.load("hip")
    assert len(found["findings"]) == 5
    assert "mri" not in {network.variable(f["id"]).group for f in found["findings"]}
    tests = [test["id"] for test in found["tests"]]
    assert "mri" in tests
    assert "repeat_mri" not in tests


def test_case_from_a_file_of_several(capsys: Capture) -> None:
    first = json.loads(CASES.read_text().splitlines()[0])["case_id"]
    assert answer(capsys, "posterior", str(CASES), "--case", first)["diagnoses"]
    assert "choose one with --case" in refusal(capsys, "posterior", str(CASES))
    assert "did you mean" in refusal(capsys, "posterior", str(CASES), "--case", first + "x")


def test_list(capsys: Capture) -> None:
    found = answer(capsys, "list")
    assert found["regions"] == ["hip", "knee", "ankle_foot", "spine"]
    assert {s["id"] for s in found["settings"]} >= {"general_orthopaedics", "case_reports"}
    assert {d["id"] for d in found["diagnoses"]} >= {"bmes", "avn", "sifk", "disc_degeneration"}
    region = answer(capsys, "list", "--region", "knee", "--setting", "sports_medicine")
    assert "meniscal_root_tear_or_extrusion" in {f["id"] for f in region["findings"]}
    assert region["base_rates"]
    for arguments in ([], ["--region", "spine"]):
        assert main(["list", *arguments]) == 0
        assert "disc_degeneration" in capsys.readouterr().out


def test_list_shows_whole_labels(capsys: Capture) -> None:
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    for region in REGIONS.values():
        assert all(f" {d.label}\n" in text for d in bme_bayes.load(region).diagnoses)


def test_check(capsys: Capture, tmp_path: Path) -> None:
    for name in ("networks", "priors"):
        (tmp_path / name).mkdir()
    assert main(["check", str(tmp_path)]) == 1
    assert "variables.csv: cannot be read" in capsys.readouterr().out
    assert main(["check", str(tmp_path), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {"file", "row", "message"} == set(problems[0])
    assert "has no networks/" in refusal(capsys, "check", str(tmp_path / "networks"))


def test_trace_leads_to_a_source(capsys: Capture) -> None:
    found = answer(capsys, "trace", "crp=raised", "infection", "--region", "spine")["numbers"]
    assert {n["cause"].partition(".")[0] for n in found} == {"infection"}
    claims = [c for n in found for c in n["claims"]]
    assert any(c["population"] and c["locator"] and c["n"] for c in claims)
    assert any(c["source"]["doi"] or c["source"]["pmid"] for c in claims)
    assert main(["trace", "crp=raised", "infection", "--region", "spine"]) == 0
    text = capsys.readouterr().out
    assert "doi:" in text or "PMID" in text
    version = bme_bayes.load("spine").version
    assert text.rstrip().endswith(f"Model version: spine {version}.")
    assert main(["trace", "sex=male", "avn"]) == 0
    last = capsys.readouterr().out.rstrip().rpartition("\n")[2]
    with_avn = ("hip", "knee", "ankle_foot")
    named = ", ".join(f"{r} {bme_bayes.load(r).version}" for r in with_avn)
    assert last == f"Model versions: {named}."


@pytest.mark.parametrize(
    "arguments",
    [
        ("corticosteroids", "avn.early_arco_1_2"),
        ("age_band=30_50", "bmes"),
        ("marrow_edema", "none"),
        ("avn",),
        ("endplate_and_disc_signal", "infection"),
    ],
)
def test_trace_of_every_kind_of_number(capsys: Capture, arguments: tuple[str, ...]) -> None:
    assert answer(capsys, "trace", *arguments)["numbers"]


def test_evaluate(capsys: Capture, tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.jsonl", tmp_path / "out.jsonl"
    lines = CASES.read_text().splitlines()[:6]
    cases.write_text("\n".join(lines))
    page = tmp_path / "evaluation.md"
    options = ["--answers", str(out), "--markdown", str(page), "--draws", "20"]
    found = answer(capsys, "evaluate", str(cases), *options)
    assert found["setting"] == "case_reports"
    assert set(found["results"]) == {"network", "naive Bayes"}
    assert found["results"]["network"]["all"]["n"] == 6
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [a["id"] for a in answers] == [json.loads(line)["case_id"] for line in lines]
    assert all({"id", "probabilities", "present"} == set(a) for a in answers)
    text = page.read_text()
    assert "| top-1 |" in text
    assert all(f"{r} {v}" in text for r, v in found["model_versions"].items())
    again = answer(capsys, "evaluate", str(cases), "--compare", str(out), "--draws", "1")["results"]
    assert again["out"]["all"]["log_loss"] == pytest.approx(again["network"]["all"]["log_loss"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "empty"),
        ("nonsense", "a case is a mapping"),
        ('{"region": "hip", "findings": {"crp": "hihg"}}', "unknown state 'hihg'"),
        ('{"region": "hip", "findings": {"crpp": "raised"}}', "did you mean 'crp'"),
        ('{"region": "hip", "findings": {"neurologic_deficit": "present"}}', "in hip"),
        ('{"region": "elbow", "findings": {}}', "unknown region 'elbow'"),
        ('{"region": "hip", "findings": {"age": -4}}', "outside 0 to 120"),
        ('{"region": "hip", "findings": {"crp": {"raised": -1}}}', "must be 0 or more"),
        ('{"region": "hip", "findings": {"crp": ["raised"]}}', "neither a state"),
        (
            '{"region": "hip", "findings": {"limp": {"present": 0.8}}}',
            "{present: 0.8, absent: 0.2}",
        ),
        ('{"region": "hip", "findings": {"sex": "male", "pregnancy": "early"}}', "cannot be true"),
        ('{"region": "hip", "findings": {"age": 20, "age_band": "over_65"}}', "cannot be true"),
    ],
)
@pytest.mark.parametrize("command", ["posterior", "next"])
def test_nonsense_cases(
    capsys: Capture, tmp_path: Path, command: str, given: str, message: str
) -> None:
    path = tmp_path / "case"
    path.write_text(given)
    said = refusal(capsys, command, str(path), "--json")
    assert message in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "COMMAND"),
        (("postrior",), "unknown command 'postrior'; did you mean 'posterior'?"),
        (("fhir_import", "x"), "did you mean 'fhir-import'"),
        (("xyz",), "invalid choice: 'xyz' (choose from"),
        (("posterior",), "CASE"),
        (("posterior", "/nowhere/case.json"), "No such file"),
        (("next", "CASE", "--target", "avm"), "unknown target 'avm'"),
        (("next", "CASE", "--target", "avn:avn"), "two different diagnoses"),
        (("next", "CASE", "--top", "0"), "--top: '0' is not a whole number from 1 to 1,000"),
        (("next", "CASE", "--top", "9" * 30), "from 1 to 1,000"),
        (("sure", "CASE", "--draws", "100000000000"), "from 1 to 20,000"),
        (("posterior", "CASE", "--draws", "20001"), "from 1 to 20,000"),
        (("report", "CASE", "--out", "x.html", "--draws", "0"), "from 1 to 20,000"),
        (("evaluate", "KNOWN", "--draws", "9" * 5000), "from 1 to 20,000"),
        (("card", "CASE", "--seed", "9" * 30), "from 0 to 4,294,967,295"),
        (("score", "CASE", "--out", "x.csv", "--workers", "1000000"), "--workers: '1000000' is"),
        (("structure", "CASE", "--region", "hip", "--least", "9" * 30), "from 1 to 1,000,000"),
        (("posterior", "CASE", "--setting", "sport_medicine"), "did you mean 'sports_medicine'"),
        (("posterior", "CASE", "--seed", "-1"), "--seed"),
        (("list", "--region", "hips"), "did you mean 'hip'"),
        (("list", "--setting", "nowhere"), "unknown setting 'nowhere'"),
        (("trace", "crq"), "unknown variable 'crq'"),
        (("trace", "crp=hihg"), "unknown state 'hihg'"),
        (("trace", "crp", "avm"), "unknown cause 'avm'"),
        (("trace", "endplate_and_disc_signal", "avn"), "in spine"),
        (("trace", "crp", "--region", "hips"), "unknown region"),
        (("explain", "CASE", "osteonecrosis"), "did you mean 'avn'"),
        (("check", "--setting", "nowhere"), "unknown setting 'nowhere'"),
        (("evaluate", "CASE"), "no diagnosis"),
        (
            ("evaluate", "KNOWN", "--ablation", "--setting", "obstetric"),
            "say `--setting case_reports` or leave --setting out, not obstetric",
        ),
        (("evaluate", "/nowhere.jsonl"), "No such file"),
        (("app", "--port", "no"), "--port: 'no' is not a whole number"),
        (("app", "--port", "65536"), "--port: '65536' is not a whole number from 1 to 65,535"),
        (("export", "hip", "--format", "bif", "--out", "/nowhere/hip.bif"), "cannot write"),
        (("evaluate", "KNOWN", "--markdown", "/nowhere/page.md"), "cannot write"),
        (("learn", "CASE", "--region", "hip", "--out", "/nowhere/own.yaml"), "cannot write"),
    ],
)
def test_nonsense_arguments(
    capsys: Capture, case: str, arguments: tuple[str, ...], message: str
) -> None:
    files = {"CASE": case, "KNOWN": str(CASES)}
    said = refusal(capsys, *(files.get(a, a) for a in arguments))
    assert message in said


def test_version(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.split() == ["bme-bayes", bme_bayes.__version__]


def test_every_command_has_help(capsys: Capture) -> None:
    parser = build_parser()
    text = " ".join(parser.format_help().split())
    (action,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    summaries = {a.dest: a.help or "" for a in action._choices_actions}
    assert set(summaries) == set(action.choices) >= {"posterior", "score", "fhir-import", "app"}
    for name, summary in summaries.items():
        assert f"{name} {summary}" in text, name
        assert len(summary) > 10, name
        with pytest.raises(SystemExit) as stop:
            main([name, "--help"])
        assert stop.value.code == 0
        shown = capsys.readouterr().out
        assert "--json" in shown
        assert ("--setting" in shown) == (name not in ("numbers", "app"))
        made = action.choices[name]
        assert all(a.help or a.metavar for a in made._actions if a.option_strings), name


def test_processes_of_their_own(case: str) -> None:
    assert json.loads(run("posterior", "-", "--json", given=json.dumps(HIP)))["region"] == "hip"
    assert json.loads(run("next", case, "--top", "1", "--json"))["findings"]
    assert "Regions" in run("list")
    said = run("posterior", "-", "--json", given="{", status=2)
    assert said.startswith("bme-bayes: error: ")
    assert "Traceback" not in said


def test_answers_without_the_slow_libraries(case: str) -> None:
    code = (
        "import sys; from bme_bayes.cli import main; main(['posterior', sys.argv[1], '--json']); "
        "slow = {'pgmpy', 'streamlit', 'altair', 'scipy.optimize', 'scipy.special'}; "
        "slow &= set(sys.modules); "
        "sys.exit(str(slow) if slow else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, case], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_takes_less_than_a_second_of_process_time(case: str) -> None:
    """Beyond the start of Python with pandas."""

    def seconds(*arguments: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], cwd=TOP, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    start = seconds("-c", "import pandas")
    assert seconds("-m", "bme_bayes.cli", "posterior", case, "--json") - start < 1


def test_a_reader_that_stops_early_is_no_error() -> None:
    command = f"{sys.executable} -m bme_bayes.cli list --region knee | head -1"
    done = subprocess.run(command, shell=True, cwd=TOP, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith("knee")


def test_next_excludes_a_danger_and_takes_a_threshold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "case.json"
    case.write_text('{"region": "hip", "findings": {"age": 60, "rest_pain": "present"}}')
    found = answer(capsys, "next", str(case), "--exclude", "infection", "--below", "0.01",
                   "--threshold", "0.3")  # fmt: skip
    path = bme_bayes.Engine(bme_bayes.load("hip")).shortest_path(
        {"age": 60, "rest_pain": "present"}, "infection", 0.01
    )
    assert found["threshold"] == 0.3
    assert found["path"]["present"] == pytest.approx(path.present)
    told = [(s["findings"], s["likely"]) for s in found["path"]["steps"]]
    assert told == [(list(s.findings), pytest.approx(s.likely)) for s in path.steps]
    assert main(["next", str(case), "--exclude", "infection", "--below", "0.01"]) == 0
    assert "Enough in" in capsys.readouterr().out
    assert main(["next", str(case), "--exclude", "infektion"]) == 2
    assert "did you mean 'infection'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["next", str(case), "--threshold", "1.5"])
    assert "'1.5' is not a probability between 0 and 1" in capsys.readouterr().err
