"""Every command and every public name has an example, and every example runs."""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import ModuleType

import pytest
from examples import TOP, agrees, commands, python_failures, python_of, run, write_files

from bme_bayes.cli import build_parser

DOCS = TOP / "docs"
CLI = DOCS / "reference" / "cli.md"
PACKAGES = ("bme_bayes", "bme_bayes.learning", "bme_bayes.exchange", "bme_bayes.cohort")
SLOW = ("ablations",)  # rebuilds all numbers twice
PAGES = sorted(p for p in DOCS.rglob("*.md") if "_build" not in p.parts)
WITH_PYTHON = [p for p in PAGES if python_of(p)]
OTHERS = [p for p in PAGES if p != CLI and (commands(p) or python_of(p))]


def modules(package: str) -> list[ModuleType]:
    found = importlib.import_module(package)
    paths = getattr(found, "__path__", [])
    names = [m.name for m in pkgutil.iter_modules(paths, f"{package}.")]
    return [found, *(importlib.import_module(n) for n in names)]


def with_doctests() -> list[str]:
    """Modules with an example somewhere in them (found in the text: importing all is slow)."""
    found = []
    for path in sorted((TOP / "bme_bayes").rglob("*.py")):
        parts = path.relative_to(TOP).with_suffix("").parts
        if "ui" not in parts and ">>>" in path.read_text(encoding="utf-8"):
            found.append(".".join(p for p in parts if p != "__init__"))
    return found


def docstrings(module: ModuleType) -> dict[str, str]:
    """The docstrings of a module, its classes, methods and functions, by name."""
    out = {module.__name__: module.__doc__ or ""}
    for name, thing in vars(module).items():
        if getattr(thing, "__module__", "") != module.__name__:
            continue
        if inspect.isclass(thing) or inspect.isfunction(thing):
            out[name] = thing.__doc__ or ""
        if inspect.isclass(thing):
            for method, value in vars(thing).items():
                text = getattr(value, "__doc__", None)
                if not method.startswith("__") and isinstance(text, str):
                    out[f"{name}.{method}"] = text
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the console examples are run: with copies of the data, `old` and `new`."""
    out = tmp_path_factory.mktemp("examples")
    for name in ("old", "new"):
        for data in ("networks", "priors"):
            shutil.copytree(TOP / data, out / name / data)
    return out


def subcommands() -> list[str]:
    (action,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return list(action.choices)


def test_every_command_has_an_example() -> None:
    lines = [line for line, _ in commands(CLI)]
    missing = [c for c in subcommands() if not any(f"bme-bayes {c} " in f"{s} " for s in lines)]
    assert not missing, f"docs/reference/cli.md has no example of {missing}"


@pytest.mark.parametrize(
    ("line", "shown"),
    [(line, s) for line, s in commands(CLI) if not line.startswith("bme-bayes app")],
)
def test_console_example(
    line: str, shown: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    write_files(CLI, folder)
    printed = run(line)
    assert agrees(shown, printed), f"$ {line}\n{printed[:2000]}"


@pytest.mark.parametrize("page", OTHERS, ids=lambda p: p.relative_to(DOCS).as_posix())
def test_examples_of_a_page(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its Python first, then its commands, in one folder."""
    monkeypatch.chdir(folder)
    write_files(page, folder)
    assert python_failures(python_of(page), page.name) == ""
    for line, shown in commands(page):
        printed = run(line)
        assert agrees(shown, printed), f"$ {line}\n{printed[:2000]}"


def test_app_example() -> None:
    """The one command that goes on until it is stopped."""
    (line,) = (line for line, _ in commands(CLI) if line.startswith("bme-bayes app"))
    assert line == "bme-bayes app --port 8600"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "bme_bayes.cli", "app", "--port", str(port)]
    quiet = {"STREAMLIT_SERVER_HEADLESS": "true", "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        words, cwd=TOP, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as app:
        try:
            end = time.monotonic() + 60
            while not healthy(port):
                assert app.poll() is None
                assert time.monotonic() < end
                time.sleep(0.2)
        finally:
            app.terminate()
            app.wait(20)


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("name", with_doctests())
def test_docstring_examples(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    for what, text in docstrings(module).items():
        if ">>>" in text:
            failures = python_failures(text, f"{name}: {what}", dict(vars(module)))
            assert failures == "", failures


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_has_an_example(package: str) -> None:
    """In its docstring, or in the examples of a page."""
    found = importlib.import_module(package)
    pages = "\n".join(python_of(p) for p in WITH_PYTHON)
    missing = []
    for name in found.__all__:
        thing = getattr(found, name)
        own = [thing.__doc__ or ""] if callable(thing) else []
        if inspect.isclass(thing):
            own += [getattr(m, "__doc__", None) or "" for m in vars(thing).values()]
        if not any(">>>" in text for text in own) and not re.search(rf"\b{name}\b", pages):
            missing.append(name)
    assert not missing, f"no example of {missing}"


def test_every_public_name_of_evaluation_has_an_example() -> None:
    pages = "\n".join(python_of(p) for p in WITH_PYTHON)
    missing = [
        f"{module.__name__}.{name}"
        for module in modules("bme_bayes.evaluation")
        for name, thing in vars(module).items()
        if getattr(thing, "__module__", "") == module.__name__
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        and not name.startswith("_")
        and name not in SLOW
        and not (">>>" in (thing.__doc__ or "") or re.search(rf"\b{name}\b", pages))
    ]
    assert not missing, f"no example of {missing}"
