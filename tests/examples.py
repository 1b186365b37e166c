"""Examples of the documentation, run: console blocks, files that they show, and Python."""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from bme_bayes.cli import main
from bme_bayes.library import VARIABLE

TOP = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```(\{code-block\} )?(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CAPTION = re.compile(r"\A:caption: (\S+)\n")
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Language and text of every fenced block of a page."""
    for match in FENCE.finditer(page.read_text(encoding="utf-8")):
        yield match[2], match[3]


def commands(page: Path) -> list[tuple[str, str]]:
    """Every `$ ...` line of the console blocks with the output shown below it."""
    found: list[tuple[str, str]] = []
    for language, text in blocks(page):
        if language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                line, _, shown = part.partition("\n")
                found.append((line, shown))
    return found


def write_files(page: Path, folder: Path) -> None:
    """The files that a page shows with a caption."""
    for _, text in blocks(page):
        named = CAPTION.match(text)
        if named:
            (folder / named[1]).write_text(text[named.end() :], encoding="utf-8")


def run(line: str) -> str:
    """What a command line prints: `VARIABLE=value`, `bme-bayes` and pipes between them."""
    given = ""
    for part in line.split(" | "):
        words = shlex.split(part)
        environment = {}
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        assert words[0] == "bme-bayes", f"no command of ours: {line}"
        out, error = io.StringIO(), io.StringIO()
        stdin = io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8")
        clean = {k: v for k, v in os.environ.items() if k != VARIABLE} | environment
        with (
            mock.patch.dict(os.environ, clean, clear=True),
            mock.patch.object(sys, "stdin", stdin),
            redirect_stdout(out),
            redirect_stderr(error),
        ):
            status = main(words[1:])
        assert status == 0, f"{line}: {error.getvalue()}"
        given = out.getvalue()
    return given


def agrees(shown: str, printed: str) -> bool:
    """Whether an output is as shown, where `...` may stand for anything and blanks for blanks."""
    return doctest.OutputChecker().check_output(shown, printed, LOOSE)


def python_failures(text: str, name: str, space: dict[str, object] | None = None) -> str:
    """What a text's `>>>` examples print otherwise than shown; empty when all is well."""
    test = doctest.DocTestParser().get_doctest(text, space or {}, name, name, 0)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=LOOSE, verbose=False).run(test, out=said.append)
    return "".join(said)


def python_of(page: Path) -> str:
    """All `pycon` blocks of a page in one text."""
    return "\n\n".join(text for language, text in blocks(page) if language == "pycon")
