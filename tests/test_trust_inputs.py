"""No input breaks a reader: a short run of both fuzzers, and what they and others have found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fuzz import readers, seeds, small_data, structured
from fuzz.oracles import Fault, check_answer, check_message, in_time

import bme_bayes as bb
from bme_bayes.cases import read_case
from bme_bayes.cli import main
from bme_bayes.cohort import score_cohort
from bme_bayes.cohort.outputs import harmless
from bme_bayes.documents import parse_yaml, read_rows
from bme_bayes.errors import DefinitionError
from bme_bayes.exchange import read_model
from bme_bayes.notebook import table_html
from bme_bayes.posterior import Posterior
from bme_bayes.reading import parse_prior
from bme_bayes.ui.failures import note
from bme_bayes.ui.guard import link, literal
from bme_bayes.ui.words import plain

TOP = Path(__file__).resolve().parents[1]
QUICK = [
    name for name in seeds.READERS if name not in ("BIF", "NET", "network tables", "uploaded prior")
]
MARKUP = "<script>alert(1)</script>"


@pytest.fixture(autouse=True, scope="module")
def _prepared() -> None:
    readers.prepare()


@pytest.mark.parametrize("name", seeds.READERS)
def test_valid_inputs_are_answered(name: str) -> None:
    reader = seeds.READERS[name]
    assert all(readers.guarded(reader, data) for data in reader.seeds())


@pytest.mark.parametrize("name", QUICK)
def test_structured_inputs(name: str) -> None:
    """Eighty inputs that are nearly right; some are answered and some refused."""
    reader = seeds.READERS[name]
    outcomes: Counter[bool] = Counter()
    faults: list[str] = []

    def run(data: bytes) -> bool:
        told = reader.run(data)
        outcomes[told] += 1
        return told

    watched = readers.Reader(name, run, reader.seeds)
    tried = structured.run(watched, 80, 7, lambda data, fault: faults.append(f"{fault}: {data!r}"))
    assert not faults, faults[:3]
    assert tried >= 70
    assert name == "link" or outcomes[False] >= 5  # a link is never refused whole


@pytest.mark.skipif(
    sys.platform != "linux", reason="atheris is built for Linux alone; there it always runs"
)
def test_guided_inputs(tmp_path: Path) -> None:
    command = ["-m", "fuzz", "--share", "0.02", "link"]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env={"PYTHONPATH": str(TOP / "tests"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "160 inputs, 0 failures" in done.stdout


def work_for_ever() -> None:
    while True:
        pass


def test_the_fuzzers_find_what_is_there() -> None:
    """A reader that breaks on some inputs, one that hangs, one that says nothing."""

    def breaks(data: bytes) -> bool:
        return bool(json.loads(data)["findings"]["crp"])

    faults: list[str] = []
    broken = readers.Reader("case JSON", breaks, seeds.READERS["case JSON"].seeds)
    structured.run(broken, 40, 1, lambda _, fault: faults.append(str(fault)))
    assert any("KeyError" in f for f in faults)
    with pytest.raises(Fault, match="not finished"), in_time(1):
        work_for_ever()
    with pytest.raises(Fault, match="does not say where"):
        check_message(bb.InputError("something is wrong somewhere"), "case.json")
    with pytest.raises(Fault, match="how the program is made"):
        check_message(bb.InputError("<class 'int'> in case.json"), "case.json")


HUGE = "1" + "0" * 400


@pytest.mark.parametrize(
    ("findings", "message"),
    [
        (f'{{"age": {HUGE}}}', "age: .* is not a number of years"),
        (f'{{"crp": {{"raised": {HUGE}}}}}', "likelihood of raised is not a number"),
        ('{"age": 1e999}', "is not a number of years"),
        ('{"crp": {"raised": 1e999}}', "likelihood of raised is not a number"),
        ('{"crp": {"raised": -1}}', "must be 0 or more"),
    ],
)
def test_numbers_that_are_none(findings: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(f'{{"region": "hip", "findings": {findings}}}')
    case = read_case(path)
    with pytest.raises(bb.InvalidFinding, match=message):
        readers.engine("hip").posterior(case.findings)


PRIOR = seeds.READERS["prior file"].seeds()[0].decode()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("none: 0.03", "none: 1e999", "none is not a number: inf"),
        ("kind_power: 1.0", "kind_power: -1", "kind_power is not a number: -1"),
        ("value: 0.2,", "value: 3,", "is not a share: 3.0"),
        ("value: 0.2,", "value: 1e999,", "not a base rate"),
        ("state: early", "state: late", "avn late is given twice"),
        ("mix:\n", "mix: 7\nmore:\n", "mix is not a list of rows"),
    ],
)
def test_prior_files(old: str, new: str, message: str) -> None:
    assert old in PRIOR
    with pytest.raises(DefinitionError, match=message):
        parse_prior(PRIOR.replace(old, new, 1), "mine.yaml")


STEROIDS = "steroids, state: present, value: 1"


def test_shares_above_one_are_refused() -> None:
    from small_network import small_network

    text = PRIOR.replace("state: female, value: 0.5", "state: female, value: 0.9")
    text = text.replace("state: male, value: 0.5", "state: male, value: 0")
    found = parse_prior(text.replace("steroids, state: present, value: 0.1", STEROIDS))
    with pytest.raises(bb.InputError, match="the shares of steroids in small must be 0 or more"):
        bb.Engine(small_network().with_prior(found))


def test_tables_with_cells_missing_or_rows_twice(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for text, message in (
        ("a,b\n1,2\n3\n", "t.csv:3: does not have 2 cells"),
        ("a\n1\n", "t.csv:1: has no column b"),
    ):
        path.write_text(text)
        with pytest.raises(DefinitionError, match=message):
            list(read_rows(path, "a b"))
    kinds = small_data.table_text(small_data.small_tables()["kinds.csv"]).splitlines()
    assert not readers.tables("\n".join([*kinds, kinds[1]]).encode().join([b"\x01", b""]))


def test_a_yaml_bomb_is_refused_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abc", "bcd"))  # noqa: B905
    with in_time(2), pytest.raises(bb.InputError, match=r"t\.yaml:1: anchors and aliases"):
        parse_yaml(bomb, "t.yaml")


@pytest.mark.parametrize("form", ["xmlbif", "xdsl"])
def test_an_xml_bomb_is_refused_before_it_unfolds(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"bomb.{form}"
    lines = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    text = f'<?xml version="1.0"?><!DOCTYPE BIF [<!ENTITY l0 "lol">{lines}]><BIF>&l11;</BIF>'
    for encoding in ("utf-8", "utf-16"):
        path.write_bytes(text.encode(encoding))
        with in_time(5), pytest.raises(bb.InputError, match=r"entities|cannot be read as"):
            read_model(path, form)
    path.write_text('<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>')
    with pytest.raises(bb.InputError, match="declares XML entities"):
        read_model(path, form)


def test_a_parquet_bomb_is_refused_by_its_footer(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "bomb.parquet"
    table = pa.table({"crp": pa.array(["x" * 40_000_000]), "region": ["hip"]})
    pq.write_table(table, path, compression="zstd", use_dictionary=False)
    assert path.stat().st_size < 100_000
    with in_time(5), pytest.raises(bb.InputError, match=r"bomb.parquet.*(unpacks|bytes)"):
        score_cohort(path, tmp_path / "out.csv")


def test_a_column_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "names.parquet"
    path.write_bytes(seeds.READERS["cohort Parquet"].seeds()[0].replace(b"region", b"regi\xa2n"))
    with pytest.raises(bb.InputError, match=r"names\.parquet is not a Parquet file, or"):
        score_cohort(path, tmp_path / "out.csv", region="hip")


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_text("crp," + "x" * 3_000_000)
    with pytest.raises(bb.InputError, match=r"line.csv.*characters"):
        score_cohort(path, tmp_path / "out.csv", region="hip")


def test_devices_and_folders_are_no_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in ("/dev/zero", str(tmp_path), "\0", "x" * 5000):
        with in_time(20):
            assert main(["posterior", path]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_no_path_in_a_case_or_link_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(PRIOR)
    case = tmp_path / "case.json"
    for setting in (str(secret), str(secret.with_suffix("")), "../priors/obstetric"):
        case.write_text(json.dumps({"region": "hip", "setting": setting, "findings": {}}))
        assert main(["posterior", str(case)]) == 2
        with pytest.raises(bb.UnknownName, match="unknown setting"):
            bb.load("hip", setting)
    with pytest.raises(bb.UnknownName, match="unknown region"):
        bb.load("../hip")


def test_spreadsheets_run_nothing_of_ours() -> None:
    for cell in ("=1+1", "+x", "-x", "@SUM(A1)", "\t=1", "\r=1"):
        assert str(harmless(cell)).startswith("'")
    kept: list[object] = ["-1.5", "+2", -1.0, "plain", ""]
    assert [harmless(cell) for cell in kept] == kept


def test_markup_stays_text_in_notebooks() -> None:
    found = readers.engine("hip").posterior({})
    spoiled = Posterior(
        **{f: getattr(found, f) for f in found.__dataclass_fields__ if f != "labels"},
        labels={d: f"{MARKUP}{label}" for d, label in found.labels.items()},
    )
    shown = spoiled._repr_html_()
    assert "&lt;script&gt;" in shown
    assert MARKUP not in shown
    frame = pd.DataFrame({MARKUP: [0.5]}, index=pd.Index([MARKUP]))
    assert MARKUP not in table_html(frame)


def test_markup_stays_text_on_pages() -> None:
    assert "<" not in literal(MARKUP).replace("\\<", "")
    assert "<" not in plain(MARKUP)
    assert "javascript" not in link("x", "javascript:alert(1)")
    assert "](<" not in link("x", "file:///etc/passwd")


def test_markup_stays_text_in_reports() -> None:
    source = (TOP / "bme_bayes" / "report" / "write.py").read_text()
    assert "autoescape=True" in source
    template = (TOP / "bme_bayes" / "report" / "report.html.jinja").read_text()
    assert "|safe" not in template.replace(" ", "")
    assert "default-src 'none'" in template


def test_code_that_would_trust_its_input_is_not_there() -> None:
    """No pickle, eval, unsafe YAML or HTML; no failure logged with its text.

    But for what the program itself sends to its own workers of a Dask cluster.
    """
    allowed = {"runners.py": ("import pickle", "pickle.load")}
    banned = (
        "import pickle", "pickle.load", "eval(", "exec(", "yaml.load(", "yaml.unsafe", "shell=True",
        "unsafe_allow_html", "st.html(", "log.exception", "exc_info", "allow_pickle=True",
    )  # fmt: skip
    for path in [TOP / "app.py", *(TOP / "bme_bayes").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        known = allowed.get(path.name, ())
        assert [b for b in banned if b in text and b not in known] == [], path


def test_the_log_does_not_hold_findings(caplog: pytest.LogCaptureFixture) -> None:
    try:
        readers.engine("hip").posterior({"pregnancy": "early", "sex": "male"})
    except bb.Contradiction as error:
        note("the model could not answer", error)
    assert "Contradiction at" in caplog.text
    assert "pregnancy" not in caplog.text


def test_answers_are_finite_for_extreme_likelihoods() -> None:
    rng = np.random.default_rng(5)
    network = readers.network("knee")
    for _ in range(20):
        names = rng.choice([v.id for v in network.findings], 8, replace=False)
        findings: dict[str, object] = {
            str(n): {s: float(10 ** rng.uniform(-320, 300)) for s in network.variables[n].states}
            for n in names
        }
        check_answer(readers.engine("knee"), findings)
