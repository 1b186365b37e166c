"""Nothing leaves this computer: the app with the network cut off, its log, its files."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
OFFLINE = TOP / "tests" / "offline"
CUTS = (["unshare", "--net"], ["unshare", "--map-root-user", "--net"])
"""Ways to start a process that sees no network but its own loopback."""
PAGES = {"", "compare", "teach", "network", "prior_lab", "cohort"}
ENTERED = ("corticosteroids", "weight_loss", "pregnancy", "third_trimester", "sex=male")


@dataclass(frozen=True)
class Visit:
    """What came of visiting every page: the visitor's report, the log, and the audit's notes."""

    report: dict  # type: ignore[type-arg]
    log: str
    notes: list[tuple[str, str]]
    cut: bool
    scratch: Path


@pytest.fixture(scope="module")
def visit(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """Every page visited in a browser, with the network cut off where that is permitted.

    Elsewhere the same run is watched without the cut: the audit notes every attempt.
    """
    scratch = tmp_path_factory.mktemp("offline")
    for name in ("home", "tmp"):
        (scratch / name).mkdir()
    notes = scratch / "audit.tsv"
    cut = next((c for c in CUTS if permitted(c)), [])
    places = {
        "PYTHONPATH": str(OFFLINE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "BME_BAYES_AUDIT": str(notes),
        "HOME": str(scratch / "home"),
        "TMPDIR": str(scratch / "tmp"),
    }
    done = subprocess.run(
        [*cut, sys.executable, str(OFFLINE / "visit.py"), chromium],
        cwd=scratch,
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.partition("\t") for line in notes.read_text().splitlines()]
    return Visit(
        json.loads(done.stdout), done.stderr, [(a, c) for a, _, c in lines], bool(cut), scratch
    )


def permitted(cut: list[str]) -> bool:
    try:
        return subprocess.run([*cut, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_every_page_works_without_a_network(visit: Visit) -> None:
    assert set(visit.report["pages"]) >= PAGES
    assert min(visit.report["pages"].values()) > 300
    assert visit.report["broken"] == []
    if visit.cut:
        assert visit.report["interfaces"] == ["lo"]


def test_nothing_is_asked_of_other_computers(visit: Visit) -> None:
    assert visit.report["elsewhere"] == []
    assert [n for n in visit.notes if n[0].startswith("socket")] == []


def test_nothing_is_written_but_scratch_files(visit: Visit) -> None:
    """The server writes into no folder of the user's; what is in the home is the browser's."""
    assert any(what == "process" for what, _ in visit.notes), "the audit saw nothing at all"
    written = {path for what, path in visit.notes if what == "write"}
    allowed = ("/dev/null", "/dev/shm", "/dev/tty", "/proc/self")
    assert [p for p in written if not p.startswith((str(visit.scratch), *allowed))] == []
    home = visit.scratch / "home"
    assert [p for p in written if p.startswith(str(home))] == []
    browsers = {".config", ".cache", ".local", ".pki"}
    assert {p.name for p in home.iterdir()} <= browsers


def test_the_log_holds_no_findings(visit: Visit) -> None:
    assert [e for e in ENTERED if e in visit.log] == []
    assert "http://" not in visit.log.replace("http://localhost", "")


def test_the_audit_would_notice(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    code = (
        "import socket\n"
        "try: socket.create_connection(('192.0.2.1', 9), 0.01)\n"
        "except OSError: pass\n"
        f"open({str(tmp_path / 'x')!r}, 'w').close()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(OFFLINE), "BME_BAYES_AUDIT": str(notes)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert "192.0.2.1" in notes.read_text()
    assert str(tmp_path / "x") in notes.read_text()


def test_telemetry_is_off_and_the_server_is_local() -> None:
    config = tomllib.loads((TOP / ".streamlit" / "config.toml").read_text())
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["address"] == "localhost"
    assert config["server"]["maxUploadSize"] <= 50
    assert config["client"]["showErrorDetails"] == "none"
    assert "enableXsrfProtection" not in config["server"]
    assert "enableCORS" not in config["server"]


def test_the_package_imports_nothing_that_talks_to_the_network() -> None:
    """Modules of the package itself; `serving` asks the server it has started on this computer."""
    talkers = {"requests", "httpx", "urllib.request", "http.client", "socket", "smtplib", "ftplib"}
    for path in (TOP / "bme_bayes").rglob("*.py"):
        if path.name == "serving.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not talkers & set(names), path
