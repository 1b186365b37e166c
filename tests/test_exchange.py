"""Files for other programs: they read back to the same tables, here and in pyAgrum."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_network import small_network

import bme_bayes as bb
from bme_bayes.cli import main
from bme_bayes.exchange import FORMATS, export_network, read_model, write_model
from bme_bayes.exchange.names import original, safe

CLOSE = {"bif": 1e-9, "xmlbif": 1e-9, "xdsl": 1e-9, "net": 1e-8}
"""NET is written with eight decimals."""
READ_BY_PYAGRUM = {"bif": 1e-6, "xmlbif": 1e-9, "xdsl": 1e-9, "net": 1e-6}
"""It reads the numbers of BIF and NET in single precision."""
ENDINGS = {"bif": "bif", "xmlbif": "bifxml", "xdsl": "xdsl", "net": "net"}


@pytest.fixture(scope="module")
def hip() -> tuple[bb.Network, Any]:
    network = bb.load("hip")
    return network, network.to_pgmpy()


@pytest.fixture(scope="module")
def files(hip: tuple[bb.Network, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("hip")
    out = {form: folder / f"hip.{ENDINGS[form]}" for form in FORMATS}
    for form, path in out.items():
        write_model(hip[1], path, form)
    return out


def same(model: Any, back: Any, close: float) -> None:
    assert set(back.nodes()) == set(model.nodes())
    assert set(back.edges()) == set(model.edges())
    assert back.latents == model.latents
    for cpd in model.get_cpds():
        other = back.get_cpds(cpd.variable)
        assert other.variables == cpd.variables
        assert other.state_names == cpd.state_names
        assert np.abs(other.values - cpd.values).max() < close


@pytest.mark.parametrize("form", ["bif", "xmlbif", "xdsl"])
def test_hip_reads_back(form: str, hip: tuple[bb.Network, Any], files: dict[str, Path]) -> None:
    same(hip[1], read_model(files[form], form), CLOSE[form])


@pytest.mark.parametrize("form", FORMATS)
def test_small_network_reads_back(form: str, tmp_path: Path) -> None:
    """NET as well, which pgmpy reads too slowly for the hip."""
    network = small_network()
    export_network(network, tmp_path / "small", form)
    same(network.to_pgmpy(), read_model(tmp_path / "small", form), CLOSE[form])
    assert [p.name for p in tmp_path.iterdir()] == ["small"]


@pytest.mark.parametrize("form", FORMATS)
def test_pyagrum_reads_the_hip(
    form: str, hip: tuple[bb.Network, Any], files: dict[str, Path]
) -> None:
    import pyagrum as gum

    other = gum.loadBN(str(files[form]))
    assert set(other.names()) == set(hip[1].nodes())
    for cpd in hip[1].get_cpds():
        table = other.cpt(cpd.variable)
        states = [safe(s) for s in cpd.state_names[cpd.variable]]
        assert list(other.variable(cpd.variable).labels()) == states
        if form == "xdsl":
            # pyAgrum 3.3 takes the first parent of an XDSL table to change fastest, pgmpy the
            # last: the same numbers in the file's order are all that can be asked for
            values, expected = np.asarray(table[:]).ravel(), cpd.get_values().ravel("F")
        else:
            names = list(reversed(table.names))  # numpy axes are in reverse
            values = np.asarray(table[:]).transpose([names.index(v) for v in cpd.variables])
            expected = cpd.values
        assert np.abs(values - expected).max() < READ_BY_PYAGRUM[form]


@pytest.mark.parametrize("form", FORMATS)
def test_order_of_parents(form: str, tmp_path: Path) -> None:
    """As docs/how-to/other-programs.md has it: the last parent changes fastest, in XDSL too.

    pyAgrum 3.3 reads XDSL as if the first did; once it no longer does, that page can say so.
    """
    import pyagrum as gum
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    names = {"a": ["a0", "a1"], "b": ["b0", "b1", "b2"], "c": ["c0", "c1"]}
    first = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]
    model = DiscreteBayesianNetwork([("a", "c"), ("b", "c")])
    model.add_cpds(
        TabularCPD("a", 2, [[0.5], [0.5]], state_names={"a": names["a"]}),
        TabularCPD("b", 3, [[0.2], [0.3], [0.5]], state_names={"b": names["b"]}),
        TabularCPD("c", 2, [first, [1 - p for p in first]], ["a", "b"], [2, 3], names),
    )
    path = tmp_path / f"x.{ENDINGS[form]}"
    write_model(model, path, form)
    numbers = [float(n) for n in re.findall(r"0\.\d+", path.read_text().partition("0.01")[2])]
    assert numbers[1::2][:5] == pytest.approx(first[1:])
    other = gum.loadBN(str(path))  # its tables die with it
    read = other.cpt("c")[{"a": 1, "b": 0, "c": 0}]
    assert read == pytest.approx(0.02 if form == "xdsl" else 0.04, abs=1e-6)


def test_every_state_has_a_safe_name() -> None:
    for region in ("hip", "knee", "ankle_foot", "spine"):
        network = bb.load(region)
        states = {s for v in network.variables.values() for s in v.states}
        states |= {k.id for k in network.kinds}
        assert all(original(safe(s)) == s for s in states)
    assert safe("18_29") == "s_18_29"
    for unsafe in ("", "a b", "a,b", "s_1", "é"):
        with pytest.raises(ValueError, match="no safe name"):
            safe(unsafe)


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "x.bif"
    path.write_text("nonsense")
    for form in FORMATS:
        with pytest.raises(bb.InputError, match="cannot be read as"):
            read_model(path, form)
    with pytest.raises(bb.InputError, match="cannot read"):
        read_model(tmp_path / "nowhere.bif", "bif")
    with pytest.raises(bb.UnknownName, match="did you mean 'xmlbif'"):
        read_model(path, "xmlbiff")
    with pytest.raises(bb.InputError, match="cannot write"):
        export_network(small_network(), tmp_path / "nowhere" / "x.bif", "bif")
    export_network(small_network(), path, "bif")
    lines = path.read_text().splitlines()
    place = next(i for i, (a, b) in enumerate(pairwise(lines)) if "probability ( sex )" in a)
    lines[place + 1] = "    table 0.5, 0.495 ;"
    path.write_text("\n".join(lines))
    with pytest.raises(bb.InputError, match="sum to 1"):
        read_model(path, "bif")


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "knee.xdsl"
    arguments = ["export", "knee", "--format", "xdsl", "--out", str(out)]
    assert main([*arguments, "--setting", "obstetric", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["model_version"] == bb.load("knee", "obstetric").version
    assert out.stat().st_size > 100_000
    assert main(["export", "kneee", "--format", "bif", "--out", str(out)]) == 2
    assert "did you mean 'knee'" in capsys.readouterr().err
