"""Case files: what is read, and what is said of those that cannot be."""

import io
import json
import sys
from pathlib import Path

import pytest

from bme_bayes.cases import read_case, read_cases
from bme_bayes.documents import parse_json, parse_yaml, read_text
from bme_bayes.errors import BmeBayesError, InputError, UnknownName

CASE = {"region": "hip", "findings": {"corticosteroids": "present", "crp": "normal"}}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["case.json", "case.jsonl", "case.txt", "case"])
def test_json(tmp_path: Path, name: str) -> None:
    case = read_case(write(tmp_path, name, json.dumps(CASE, indent=2)))
    assert (case.region, case.findings) == ("hip", CASE["findings"])


@pytest.mark.parametrize("name", ["case.yaml", "case.yml", "case.txt"])
def test_yaml_keeps_words_that_look_like_numbers(tmp_path: Path, name: str) -> None:
    findings = "  age_band: 18_29\n  pregnancy: none\n  crp:\n  sex: {male: 0.5, female: 1}\n"
    text = f"region: knee\nfindings:\n{findings}"
    case = read_case(write(tmp_path, name, text))
    wanted = {
        "age_band": "18_29",
        "pregnancy": "none",
        "crp": None,
        "sex": {"male": 0.5, "female": 1},
    }
    assert case.findings == wanted


def test_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    assert read_case(write(tmp_path, "case.json", "\ufeff" + json.dumps(CASE))).region == "hip"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(json.dumps(CASE).encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    assert read_case("-").findings == CASE["findings"]


def test_json_lines(tmp_path: Path) -> None:
    rows = [CASE | {"case_id": "a", "diagnosis": "avn", "also": ["osteoarthritis"]}, CASE]
    path = write(tmp_path, "cases.jsonl", "\n\n".join(json.dumps(r) for r in rows) + "\n")
    first, second = read_cases(path)
    assert (first.case_id, first.diagnosis, first.also) == ("a", "avn", ("osteoarthritis",))
    assert second.case_id == "2"
    assert read_case(path, "a") == first
    with pytest.raises(InputError, match="holds 2 cases"):
        read_case(path)
    with pytest.raises(UnknownName, match="unknown case 'b'"):
        read_case(path, "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("   \n", "is empty"),
        ("[]", "is empty"),
        ("3", "a case is a mapping"),
        ("nonsense", "a case is a mapping"),
        ('{"region": "hip"}', "'findings' is missing"),
        ('{"region": "hip", "finding": {}}', "where it says 'finding'"),
        ('{"region": "hips", "findings": {}}', "did you mean 'hip'"),
        ('{"region": ["hip"], "findings": {}}', "unknown region"),
        ('{"region": null, "findings": {}}', "unknown region"),
        ('{"region": "hip", "findings": ["crp"]}', "findings is a list"),
        ('{"region": "hip", "findings": {}, "also": "avn"}', "also is not a list"),
        ('{"region": "hip", "findings": {}, "diagnosis": ["avn"]}', "diagnosis is a list"),
        (
            '{"region": "hip", "findings": {"crp": "normal", "crp": "raised"}}',
            "'crp' is given twice",
        ),
        ('{"region": "hip", "findings": {"crp": NaN}}', "NaN is not a number"),
        ('{"region": "hip", "findings": {', "not valid JSON"),
        ("region: hip\nregion: knee", "'region' is given twice"),
        ("region: &a hip\nfindings: *a", "anchors and aliases"),
        ("region: !!python/object/apply:os.getcwd []", "not valid YAML|the tag|a case"),
        ("a: [1", "not valid YAML"),
        ("? [a]\n: b", "a key has to be a plain word"),
        ("region: hip\n---\nregion: hip", "several YAML documents"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a":' * 200_000, "nested too deeply"),
        ("- " * 200_000, "nested too deeply"),
        ("1" * 10_000, "case"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BmeBayesError, match=message):
        read_case(write(tmp_path, "case", text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_case(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot read"):
        read_case(tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe{")
    with pytest.raises(InputError, match="not UTF-8"):
        read_case(tmp_path / "bytes")
    with pytest.raises(InputError, match="cannot read"):
        read_case("\0")


def test_no_more_is_read_than_the_limit(tmp_path: Path) -> None:
    path = write(tmp_path, "large", "x" * 100)
    assert read_text(path, 100) == "x" * 100
    with pytest.raises(InputError, match="larger than"):
        read_text(path, 99)
    with pytest.raises(InputError, match="larger than"):
        read_text("/dev/zero", 1000)


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    good = json.dumps(CASE)
    path = write(tmp_path, "cases.jsonl", f"{good}\n{good[:-1]}\n")
    with pytest.raises(InputError, match=r"cases\.jsonl:2"):
        read_cases(path)
    path = write(
        tmp_path,
        "twice.jsonl",
        json.dumps(CASE | {"case_id": "a"}) + "\n" + json.dumps(CASE | {"case_id": "a"}),
    )
    with pytest.raises(InputError, match="a second case has the id 'a'"):
        read_cases(path)


def test_values_of_documents() -> None:
    text = "a: 1\nb: -2.5e3\nc: true\nd: 'true'\ne: no\nf: 2020-01-01\ng: ~\nh: !!str 3\n"
    with pytest.raises(InputError, match="the tag"):
        parse_yaml(text, "t")
    data = parse_yaml(text.replace("!!str ", ""), "t")
    assert data == {
        "a": 1, "b": -2500.0, "c": True, "d": "true", "e": "no", "f": "2020-01-01",
        "g": None, "h": 3,
    }  # fmt: skip
    assert parse_yaml("- {x: 1}\n- {y: 2}\n", "t")[1].line == 2
    assert parse_yaml("", "t") is None
    assert parse_json('{"a": [1, {"b": null}]}', "t") == {"a": [1, {"b": None}]}
