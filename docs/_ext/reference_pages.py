"""For Sphinx: every module of a package on its page, and docstrings as they are written here.

A page says `(modules) bme_bayes.learning` and gets all public modules of that package, also
those that are added later. Docstrings are plain text rather than reStructuredText: a block of
`name : meaning` lines becomes a list, an indented block is shown as it stands.
"""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from typing import Any

from sphinx.application import Sphinx

from bme_bayes.library import networks_folder
from bme_bayes.reading import read_sources

MEANING = re.compile(r"^(\w[\w, `.*]*?) : ")
VALUES = ("attribute", "data", "property")
KEPT: dict[str, list[str]] = {}
SOURCES = "docs/reference/sources"
CITED = read_sources(networks_folder())
CITATION = re.compile(r"(?<!\])\[([a-z0-9_]+)\](?!\()")
LITERAL = re.compile(r"(`+[^`]+`+)")


def modules(package: str) -> list[str]:
    """The public modules of a package by name, the package first."""
    found = import_module(package)
    names = [m.name for m in pkgutil.iter_modules(found.__path__) if not m.name.startswith("_")]
    return [package, *(f"{package}.{name}" for name in names)]


def listed(_app: Sphinx, page: str, source: list[str]) -> None:
    """A line `(modules) PACKAGE [MODULE ...]` becomes a section a module; cards cite with links."""

    def sections(match: re.Match[str]) -> str:
        package, *only = match[1].split()
        names = [f"{package}.{m}" for m in only] or modules(package)
        return "\n".join(map(section, names))

    source[0] = re.sub(r"^\(modules\) (.*)$", sections, source[0], flags=re.MULTILINE)
    if page == SOURCES:
        source[0] += "\n\n".join(reference(key) for key in sorted(CITED))
    elif page.startswith("networks/cards/"):
        source[0] = CITATION.sub(cited, source[0])


def cited(match: re.Match[str]) -> str:
    """A key in square brackets, with a link to its source."""
    key = match[1]
    return f"[\\[{key}\\]](#source-{key})" if key in CITED else match[0]


def reference(key: str) -> str:
    """A source with a place that links can lead to."""
    text = re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", CITED[key].reference)
    return f"(source-{key})=\n**{key}** {text}"


def section(name: str) -> str:
    """Markdown for one module. A package's names stand where they are defined."""
    is_package = hasattr(import_module(name), "__path__") and name != "bme_bayes.pgm"
    option = ":no-members:" if is_package else ":members:"
    return f"""## {name}

```{{eval-rst}}
.. automodule:: {name}
   {option}
```
"""


def plain(_app: Sphinx, what: str, name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
    """A docstring as reStructuredText that reads as it was written."""
    out: list[str] = []
    for block in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")):
        rows = block.split("\n")
        if rows[0].lstrip().startswith(">>>"):
            out += [*rows, ""]
        elif all(r.startswith("    ") for r in rows):
            out += [*([] if out[-2:-1] and out[-2].endswith("::") else ["::", ""]), *rows, ""]
        elif MEANING.match(rows[0]):
            out += [*meanings(rows), ""]
        else:
            out += [*map(escaped, rows), ""]
    lines[:] = out
    if what in VALUES:
        KEPT[name] = out
        lines.clear()


def kept(_app: Sphinx, what: str, name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
    """Napoleon takes what stands before a colon in the line of a property for its type."""
    if what in VALUES:
        lines[:] = KEPT.pop(name, lines)


def meanings(rows: list[str]) -> list[str]:
    """A list of `name : meaning` lines, each with the indented lines that go on."""
    out: list[str] = []
    for row in rows:
        found = MEANING.match(row)
        if found:
            names = ", ".join(f"``{n.strip('` ')}``" for n in found[1].split(","))
            out.append(f"- {names}: {escaped(row[found.end() :])}")
        else:
            out += [f"  {escaped(row.strip())}"] if row.startswith(" ") else ["", escaped(row)]
    return out


def escaped(row: str) -> str:
    """A line with what reStructuredText would take for markup escaped, but for literals."""
    parts = LITERAL.split(row)
    for i, part in enumerate(parts):
        if i % 2 == 0:
            parts[i] = re.sub(r"([|*\\])", r"\\\1", part)
        elif i + 1 < len(parts) and re.match(r"\w", parts[i + 1]):
            parts[i] = part + "\\ "
    return "".join(parts)


def setup(app: Sphinx) -> dict[str, bool]:
    """Adds both to Sphinx."""
    app.connect("source-read", listed)
    app.connect("autodoc-process-docstring", plain, priority=100)
    app.connect("autodoc-process-docstring", kept, priority=900)
    return {"parallel_read_safe": True}
