"""Writes and reads BIF, XMLBIF, XDSL and NET.

Numbers keep all digits in BIF and XMLBIF, 16 decimals in XDSL and 8 in NET. In an XDSL table
the last parent changes fastest; pyAgrum 3.3 reads it as if the first did, so take it another
format.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import numpy as np

from bme_bayes.engine import Engine
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.exchange.names import IDENTIFIER, original, safe
from bme_bayes.network import Network
from bme_bayes.pgm import to_pgmpy
from bme_bayes.writing import atomic

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork

FORMATS = ("bif", "xmlbif", "xdsl", "net")
UNNAMED = {
    "bif": "network unknown {",
    "xmlbif": "<NAME>UNTITLED</NAME>",
    "xdsl": 'id="MyNetwork"',
    "net": "net {\n}",
}
"""Where pgmpy's writers leave out the name of a network."""
NAMED = {
    "bif": "network {} {{",
    "xmlbif": "<NAME>{}</NAME>",
    "xdsl": 'id="{}"',
    "net": 'net {{\n    name = "{}";\n}}',
}
CLASSES = {"bif": "BIF", "xmlbif": "XMLBIF", "xdsl": "XDSL", "net": "NET"}
XML = ("xmlbif", "xdsl")
SYNTAX = (SyntaxError, expat.ExpatError, UnicodeDecodeError)
SUM_TOLERANCE = 1e-6
MOST_BYTES = 50_000_000


def export_network(network: Network, path: str | Path, form: str) -> int:
    """Write a network under its setting; how many nodes it has.

    Parameters: `form` is bif, xmlbif, xdsl or net. States that begin with a digit get the prefix
    `s_`. The file names its network REGION_SETTING_VERSION. Raises
    `UnknownName` for another format, `InputError` where it cannot be written.
    """
    _of_pgmpy(form, "Writer")
    model = to_pgmpy(network, Engine(network).space)
    setting = network.prior.name if network.prior else ""
    write_model(model, path, form, "_".join((network.region, setting, network.version)))
    return len(model.nodes())


def write_model(
    model: DiscreteBayesianNetwork, path: str | Path, form: str, name: str = ""
) -> None:
    """Write a pgmpy model as `export_network` does, with the name of the network in it."""
    writer = _of_pgmpy(form, "Writer")
    with atomic(Path(path)) as temporary:
        writer(renamed(model, safe)).write(str(temporary))
        if IDENTIFIER.fullmatch(name):
            text = temporary.read_text(encoding="utf-8")
            text = text.replace(UNNAMED[form], NAMED[form].format(name), 1)
            temporary.write_text(text, encoding="utf-8")


def read_model(path: str | Path, form: str) -> DiscreteBayesianNetwork:
    """A pgmpy model from a file, with the states' own names. Reading BIF and NET takes a while.

    Raises `InputError` for a file that is not of this format, or whose columns don't sum to 1
    (pgmpy itself lets half a percent pass).
    """
    reader = _of_pgmpy(form, "Reader")
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path} is larger than {MOST_BYTES / 1e6:g} MB")
        if form in XML:
            _without_entities(path)
        model = reader(str(path)).get_model()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - pgmpy's readers raise whatever they stumble on
        said = f" ({error!s:.200})" if isinstance(error, SYNTAX) else ""
        raise InputError(
            f"{path} cannot be read as {form}: it is damaged or of another format{said}"
        ) from None
    if not model.get_cpds():
        raise InputError(f"{path} cannot be read as {form}: it holds no tables")
    for cpd in model.get_cpds():
        gap = np.abs(cpd.values.sum(axis=0) - 1).max()
        if not gap <= SUM_TOLERANCE:
            raise InputError(f"{path}: a column of {cpd.variable} does not sum to 1 (by {gap:.2g})")
        if cpd.values.min() < 0:
            raise InputError(f"{path}: {cpd.variable} has a negative probability")
    out = renamed(model, original)
    out.latents = {name for name in model.nodes() if "__" in name}
    return out


def _without_entities(path: Path) -> None:
    """Raise `InputError` for XML that declares entities, which can grow without measure."""

    def refuse(*_: object) -> None:
        raise InputError(f"{path} declares XML entities, which are not read")

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    with path.open("rb") as handle:
        parser.ParseFile(handle)


def renamed(
    model: DiscreteBayesianNetwork, rename: Callable[[str], str]
) -> DiscreteBayesianNetwork:
    """A copy of a model with other names of its states, and without roles of nodes."""
    from pgmpy.factors.discrete import TabularCPD  # noqa: PLC0415 - takes two seconds
    from pgmpy.models import DiscreteBayesianNetwork  # noqa: PLC0415

    out = DiscreteBayesianNetwork()
    out.add_nodes_from(model.nodes())
    out.add_edges_from(model.edges())
    for cpd in model.get_cpds():
        states = {n: [rename(s) for s in names] for n, names in cpd.state_names.items()}
        parents = cpd.variables[1:]
        out.add_cpds(
            TabularCPD(
                cpd.variable,
                len(states[cpd.variable]),
                cpd.values.reshape(len(states[cpd.variable]), -1),
                evidence=parents or None,
                evidence_card=[len(states[p]) for p in parents] or None,
                state_names=states,
            )
        )
    return out


def _of_pgmpy(form: str, what: str) -> Any:
    """Pgmpy's reader or writer of a format."""
    if form not in FORMATS:
        raise UnknownName("format", form, FORMATS)
    from pgmpy import readwrite  # noqa: PLC0415 - takes two seconds

    return getattr(readwrite, f"{CLASSES[form]}{what}")
