"""Prior files as people type them."""

import re
from pathlib import Path

import pytest

from bme_bayes.errors import DefinitionError, InputError, UnknownName
from bme_bayes.network import REGIONS
from bme_bayes.reading import parse_prior, prior_path, read_prior, region_label

ROW = "{variable: %s, state: %s, value: 0.3, low: 0.1, high: 0.6, n: 10, basis: elicited, note: x}"
TEXT = "name: mine\nbase:\n  hip:\n    - " + ROW % ("bmes", "present") + "\nmix:\n  - "


def test_age_bands_need_no_quotes() -> None:
    """Plain YAML reads the number 3050."""
    prior = parse_prior(TEXT + ROW % ("age_band", "30_50"))
    assert list(prior.mix) == [("age_band", "30_50")]
    assert list(prior.base["hip"]) == [("bmes", "present")]


def test_bundled_prior_is_read_whole() -> None:
    prior = read_prior(prior_path("general_orthopaedics"))
    assert set(prior.base) == {"hip", "knee", "ankle_foot", "spine"}
    assert ("age_band", "30_50") in prior.mix


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a prior file"),
        ("[]", "is not a prior file"),
        ("base: [", "is not valid YAML"),
        ("base: " + "[" * 100_000, "nested too deeply"),
        ("base: &a {}\nmix: *a", "anchors and aliases"),
        ("base: {}\nbase: {}", "is given twice"),
    ],
)
def test_text_that_is_no_prior_file(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_prior(text)


def test_faults_are_named_with_their_line() -> None:
    text = TEXT + "{variable: sex, state: male, value: half}\nnone: much\n"
    with pytest.raises(DefinitionError) as caught:
        parse_prior(text, "mine.yaml")
    assert re.search(r"mine\.yaml:6: not a base rate", str(caught.value))
    with pytest.raises(DefinitionError):
        parse_prior(TEXT + ROW.replace("0.3", "nan") % ("sex", "male"))
    assert "none is not a number: 'much'" in str(caught.value)


def test_regions_are_called_what_their_files_say(tmp_path: Path) -> None:
    labels = [region_label(region) for region in REGIONS.values()]
    assert labels == ["Hip", "Knee", "Ankle and foot", "Spine"]
    file = tmp_path / "hip.yaml"
    file.write_text("region: hip\nletter: h\nlabel: Hip joint\n")
    assert region_label("hip", tmp_path) == "Hip joint"
    with pytest.raises(UnknownName, match="did you mean 'hip'"):
        region_label("hipp", tmp_path)
    with pytest.raises(InputError, match=r"cannot read knee.yaml"):
        region_label("knee", tmp_path)
    (tmp_path / "spine.yaml").write_text("label: ''\n")
    with pytest.raises(InputError, match=r"spine.yaml has no label"):
        region_label("spine", tmp_path)
