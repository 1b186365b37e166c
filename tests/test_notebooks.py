"""The notebooks run from top to bottom, and are kept without outputs.

Their code cells are executed in one namespace, as a kernel would, and what a cell ends with is
shown as a notebook shows it. That needs none of the twenty packages of a Jupyter kernel.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((TOP / "notebooks").glob("*.ipynb"))
MOST_BYTES = 40_000
SHOWN_AS = ("_repr_mimebundle_", "_repr_html_")


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return found


def run(source: str, name: str, space: dict[str, Any]) -> None:
    """Execute a code cell; show its last expression."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
    exec(compile(tree, name, "exec"), space)
    if isinstance(last, ast.Expr):
        show(eval(compile(ast.Expression(last.value), name, "eval"), space))


def show(value: object) -> None:
    for method in SHOWN_AS:
        if hasattr(type(value), method):
            assert getattr(value, method)()
            return
    assert value is None or repr(value)


def test_there_are_six() -> None:
    assert [p.name[0] for p in NOTEBOOKS] == list("123456")


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pgmpy 1.1 as it samples
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.usefixtures("offline")
def test_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # what a notebook saves
    space: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(cells(path), start=1):
        if cell["cell_type"] == "code":
            run("".join(cell["source"]), f"{path.name}, cell {number}", space)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_is_kept_clean(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) < MOST_BYTES
    assert "/work" not in text
    found = cells(path)
    for cell in found:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
    assert len({c["id"] for c in found}) == len(found)
    first = "".join(found[0]["source"])
    assert re.match(rf"# {path.name[0]} \w+", first)
