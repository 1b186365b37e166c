"""Numbers of the network that a prior file replaces: read, written, checked, applied."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import bme_bayes as bb
from bme_bayes.checks import check_prior_text
from bme_bayes.cli import main
from bme_bayes.priors import PriorSet
from bme_bayes.reading import parse_prior, prior_path, read_prior, under
from bme_bayes.writing import dump_prior, save_prior

TOP = Path(__file__).resolve().parents[1]
HIP = bb.load("hip")
KEY = next(
    k
    for k in HIP.numbers
    if k[:3] == ("frequency", "crp", "markedly_raised") and k[3].startswith("infection.")
)


def edited(value: float = 0.5) -> PriorSet:
    prior = read_prior(prior_path("general_orthopaedics"))
    number = replace(
        HIP.numbers[KEY],
        value=value,
        low=0.3,
        high=0.8,
        basis="local",
        sources=(),
        claims=(),
        note="x",
    )
    return replace(prior, name="mine", links={"hip": {KEY: number}})


def test_a_link_replaces_the_number_and_makes_another_version() -> None:
    network = under(HIP, edited())
    assert network.numbers[KEY].value == 0.5
    assert network.version != HIP.version
    assert under(network, edited(0.6)).version != network.version
    spine = bb.load("spine")
    assert under(spine, edited()).version == spine.version


def test_another_setting_brings_the_bundled_number_back() -> None:
    assert HIP.prior is not None
    back = under(under(HIP, edited()), HIP.prior)
    assert back.numbers == HIP.numbers
    assert back.version == HIP.version


def test_links_survive_the_file_and_are_used_by_path(tmp_path: Path) -> None:
    prior = edited()
    path = save_prior(prior, tmp_path / "mine.yaml")
    assert read_prior(path) == prior
    assert bb.load("hip", path).version == under(HIP, prior).version
    assert check_prior_text(path.read_text(), "mine.yaml", TOP) == []


def test_a_link_that_the_region_does_not_have_is_an_error_with_the_nearest() -> None:
    number = edited().links["hip"][KEY]
    wrong = replace(edited(), links={"hip": {(*KEY[:3], KEY[3] + "x"): number}})
    with pytest.raises(bb.UnknownName, match=re.escape(KEY[3])):
        under(HIP, wrong)


def test_base_rates_that_do_not_fit_the_region_are_errors() -> None:
    prior = edited()
    base = dict(prior.base["hip"])
    first = next(iter(base))
    lost = {k: v for k, v in base.items() if k != first}
    with pytest.raises(bb.InputError, match="no base rate in hip"):
        under(HIP, replace(prior, base={"hip": lost}))
    with pytest.raises(bb.UnknownName, match="base rate"):
        under(HIP, replace(prior, base={"hip": {**base, ("gout", "present"): base[first]}}))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("value: 0.5,", "value: 1.5,", "a share outside 0 to 1"),
        ("value: 0.5,", "value: 0.999,", "sum to 1"),
        ("child: crp", "child: crpp", "unknown variable 'crpp'; did you mean 'crp'"),
        ("cause: infection.", "cause: infektion.", "did you mean 'infection."),
        ("state: markedly_raised", "state: raised_markedly", "unknown state"),
        ("quantity: frequency", "quantity: frequenzy", "did you mean 'frequency'"),
        ("links:\n  hip:", "links:\n  hipp:", "unknown region 'hipp'"),
        ("none: 0.02", "none: 2", "none is 2; 0 to 0.5 is possible"),
        ("none: 0.02", "nome: 0.02", "did you mean 'none'"),
        ("mix:", "mix: &a", "anchors and aliases"),
    ],
)
def test_faults_of_a_file_are_named_with_their_place(old: str, new: str, message: str) -> None:
    text = dump_prior(edited())
    assert old in text
    problems = check_prior_text(text.replace(old, new), "mine.yaml", TOP)
    assert any(re.search(message, str(p)) for p in problems), problems
    assert all(str(p).startswith("mine.yaml") for p in problems)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("value: 0.5,", "value: 1.5,", "is not a share: 1.5"),
        ("quantity: frequency", "quantity: odds_ratio, extra: x", ""),
        ("links:\n  hip:", "links:\n  hip: x\n  knee:", "links of hip is not a list of rows"),
        ("child: crp, ", "", "not a link"),
    ],
)
def test_reading_refuses_what_is_no_link(old: str, new: str, message: str) -> None:
    text = dump_prior(edited())
    assert old in text
    if not message:
        text = text.replace("value: 0.5,", "value: -2,")
        message = "is not a positive odds ratio: -2"
    with pytest.raises(bb.DefinitionError, match=message):
        parse_prior(text.replace(old, new), "mine.yaml")


def test_links_that_cannot_be_read_name_their_line() -> None:
    text = dump_prior(edited()).replace("value: 0.5,", "value: half,")
    with pytest.raises(bb.DefinitionError, match=r"mine\.yaml:\d+: not a link"):
        parse_prior(text, "mine.yaml")


def test_the_command_line_takes_a_file_as_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save_prior(edited(), tmp_path / "mine.yaml")
    case = tmp_path / "case.json"
    case.write_text('{"region": "hip", "findings": {"crp": "markedly_raised"}}')
    assert main(["posterior", str(case), "--setting", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["setting"] == "mine"
    assert found["model_version"] == under(HIP, edited()).version
    assert main(["compare", str(case), "--settings", str(path), "--json"]) == 0
    assert str(path) in capsys.readouterr().out
    path.write_text(path.read_text().replace("none: 0.02", "nome: 0.02"))
    assert main(["posterior", str(case), "--setting", str(path)]) == 2
    assert "did you mean 'none'" in capsys.readouterr().err
    case.write_text(f'{{"region": "hip", "setting": "{path}", "findings": {{}}}}')
    assert main(["posterior", str(case)]) == 2, "a case cannot name a file"
