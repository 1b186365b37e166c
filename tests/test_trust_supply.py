"""Dependencies are counted, justified, licensed, locked with hashes; no audit is no success."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import supply_chain
from packaging.requirements import Requirement
from supply_chain import DEV, RUN, audited, canonical, fits, licences, locked

TOP = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEXT = (TOP / "docs" / "dependencies.md").read_text(encoding="utf-8")


def names(requirements: list[str]) -> set[str]:
    return {canonical(Requirement(r).name) for r in requirements}


def test_every_direct_dependency_is_justified_in_one_line() -> None:
    table = TEXT.partition("## At run time")[2].partition("##")[0]
    rows = dict(re.findall(r"^\| ([\w.-]+) \| (.+) \|$", table, re.MULTILINE))
    rows.pop("package", None)
    assert {canonical(n) for n in rows} == names(PROJECT["dependencies"])
    assert all(len(why) > 12 for why in rows.values())
    extras = TEXT.partition("## Chosen extras")[2].partition("##")[0]
    for extra, wanted in PROJECT["optional-dependencies"].items():
        if extra != "dev":
            row = next(line for line in extras.splitlines() if line.startswith(f"| {extra} |"))
            assert names(wanted) <= {canonical(w) for w in re.findall(r"[\w.-]+", row)}


def test_the_counts_are_stated() -> None:
    assert f"{len(locked(RUN))} packages are installed at run time" in TEXT
    assert f"{len(locked(DEV))} for development" in TEXT


@pytest.mark.parametrize("path", [RUN, DEV], ids=["run", "dev"])
def test_every_locked_package_has_hashes(path: Path) -> None:
    blocks = re.split(r"^(?=[\w.-]+==)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(blocks) == len(locked(path))
    assert [b.splitlines()[0] for b in blocks if "--hash=sha256:" not in b] == []
    assert set(locked(RUN).items()) <= set(locked(DEV).items())


@pytest.mark.parametrize(
    ("licence", "fit"),
    [
        ("MIT License", True),
        ("Apache-2.0 OR BSD-2-Clause", True),
        ("LGPL-3.0-only OR MIT", True),
        ("MPL-2.0 AND MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-2.0", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("AGPL-3.0", False),
        ("UNKNOWN", False),
        ("Proprietary", False),
    ],
)
def test_which_licences_fit(licence: str, fit: bool) -> None:
    assert fits(licence) is fit


def test_installed_packages_fit(capsys: pytest.CaptureFixture[str]) -> None:
    assert supply_chain.run_licences() == 0
    assert f"{len(locked(DEV))} packages, {len(locked(RUN))}" in capsys.readouterr().out
    _, faults = licences([{"Name": "NumPy", "License": "GPL-3.0"}])
    assert faults == ["numpy: GPL-3.0"]


def test_an_audit_that_could_not_ask_is_no_success() -> None:
    sound = {"name": "a", "version": "1", "vulns": []}
    fault = {"name": "b", "version": "2", "vulns": [{"id": "X-1", "fix_versions": ["3"]}]}
    skipped = {"name": "c", "skip_reason": "not found"}
    assert audited({"dependencies": [sound]})[0] == 0
    status, lines = audited({"dependencies": [sound, fault]})
    assert (status, lines[0]) == (1, "b 2: X-1, mended in 3")
    status, lines = audited({"dependencies": [sound, skipped]})
    assert status == 2
    assert "NOT AUDITED" in lines[-1]
    assert audited({})[0] == 2


def test_the_bill_of_materials_names_every_package(tmp_path: Path) -> None:
    out = tmp_path / "sbom.json"
    command = [sys.executable, str(TOP / "tests" / "supply_chain.py"), "sbom", str(out)]
    command += ["--no-validate"]  # takes ten seconds more
    subprocess.run(command, check=True, capture_output=True)
    components = json.loads(out.read_text())["components"]
    assert {canonical(c["name"]) for c in components} == set(locked(RUN))
    assert all("hashes" in json.dumps(c) for c in components)
