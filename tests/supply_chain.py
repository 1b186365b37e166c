"""What the project stands on: `make licences`, `make audit`, `make sbom`.

python tests/supply_chain.py licences     every package with its licence; 1 if one does not fit
python tests/supply_chain.py audit        known vulnerabilities; 1 if any, 2 if it could not ask
python tests/supply_chain.py sbom FILE    CycloneDX, from the lock with its hashes
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[1]
RUN, DEV = (TOP / "requirements" / f"{name}.txt" for name in ("run", "dev"))
FITTING = (
    "apache", "mit", "bsd", "psf", "python software foundation", "isc", "zlib", "0bsd", "cc0",
    "public domain", "unlicense", "mpl", "mozilla public",
)  # fmt: skip
"""Licences that go with Apache-2.0. MPL-2.0 asks only for changes to its own files, and no file of
such a package is changed here."""
CHOSEN = {
    "atheris": "Apache-2.0 (its LICENSE file; the metadata name none); fuzzing only",
    "axe-playwright-python": "MIT (its LICENSE file; the metadata name none); tests only",
    "docutils": "BSD-2-Clause and public domain (the GPL file is an Emacs mode); documents only",
    "pgmpy": "MIT (the text of the licence stands where its name should)",
    "pyagrum": "MIT, of the two it offers; tests only",
}
"""Packages that were looked at one by one."""
NOT_ASKED, FOUND = 2, 1


def canonical(name: str) -> str:
    """A package's name as all tools write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path: Path) -> dict[str, str]:
    """Names and versions in a lock file."""
    pins = re.findall(r"^([\w.-]+)==([\w.+!]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {canonical(name): version for name, version in pins}


def fits(licence: str) -> bool:
    """Whether every part of a licence's expression goes with Apache-2.0 (one of an `OR`)."""
    text = licence.casefold()
    if " or " in text and "gpl" in text:
        return any(fits(part) for part in text.split(" or "))
    parts = re.split(r"\band\b|;|,", text)
    return all(any(word in part for word in FITTING) and "gpl" not in part for part in parts)


def licences(installed: Sequence[Mapping[str, str]]) -> tuple[list[str], list[str]]:
    """A line a package of the lock, and what does not fit; `installed` is of pip-licenses."""
    run, every = locked(RUN), locked(DEV)
    known = {canonical(p["Name"]): p["License"] for p in installed}
    lines, faults = [], []
    for name in sorted(every):
        use = "runs" if name in run else "develops"
        if name not in known:
            lines.append(f"{name:32} {use:9} not for this computer; not looked at")
            continue
        licence = CHOSEN.get(name) or " ".join(known[name].split())[:80]
        lines.append(f"{name:32} {use:9} {licence}")
        if name not in CHOSEN and not fits(known[name]):
            faults.append(f"{name}: {licence}")
    return lines, faults


def audited(report: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Status and lines of pip-audit's report; what could not be asked about is no success."""
    packages = report.get("dependencies", [])
    skipped = [p["name"] for p in packages if "skip_reason" in p]
    found = [
        f"{p['name']} {p['version']}: {v['id']}, mended in {', '.join(v['fix_versions']) or 'none'}"
        for p in packages
        for v in p.get("vulns", [])
    ]
    asked = len(packages) - len(skipped)
    lines = [*found, f"{asked} of {len(packages)} packages asked about, {len(found)} known faults."]
    if skipped or not packages:
        lines.append(
            f"NOT AUDITED: the service knew nothing of {len(skipped)} packages, or it could not be "
            "reached. That is no success: run it where the advisories can be reached."
        )
    return (FOUND if found else NOT_ASKED if skipped or not packages else 0), lines


def run_licences() -> int:
    """Print every licence."""
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines, faults = licences(json.loads(done.stdout))
    say(*lines, f"{len(lines)} packages, {len(locked(RUN))} of them at run time.")
    say(*(f"DOES NOT FIT: {fault}" for fault in faults))
    return 1 if faults else 0


def run_audit() -> int:
    """Ask about the locked run-time packages."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(RUN), "--disable-pip"]
    command += ["--require-hashes", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        say(done.stderr.strip()[-400:])
        report = {}
    status, lines = audited(report)
    say(*lines)
    return status


def run_sbom(out: Path, *options: str) -> int:
    """Write the bill of materials; `options` are those of cyclonedx-py."""
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", str(RUN)]
    command += [
        "--pyproject",
        str(TOP / "pyproject.toml"),
        "--output-reproducible",
        "-o",
        str(out),
        *options,
    ]
    status = subprocess.run(command, check=False).returncode
    if status == 0:
        say(f"{len(json.loads(out.read_text())['components'])} components in {out}")
    return status


def say(*lines: str) -> None:
    """Print lines."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what == "sbom":
        sys.exit(run_sbom(Path(sys.argv[2]), *sys.argv[3:]))
    sys.exit({"licences": run_licences, "audit": run_audit}[what]())
