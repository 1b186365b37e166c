"""Files written whole or not at all, and prior sets as YAML that loads back to the same numbers."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml

from bme_bayes.errors import InputError
from bme_bayes.network import Number
from bme_bayes.priors import PriorSet


def dump_prior(prior: PriorSet) -> str:
    """The text of a prior file; `bme_bayes.reading.parse_prior` reads the same numbers."""
    return prior_text(
        {
            "name": prior.name,
            "label": prior.label,
            "description": prior.description,
            "evaluation_only": prior.evaluation_only,
            "none": prior.none,
            "kind_power": prior.kind_power,
            "unmentioned": prior.unmentioned,
            "unmentioned_signs": prior.unmentioned_signs,
            "stated_absence": prior.stated_absence,
            "provenance": prior.provenance,
            "reasons": dict(prior.reasons),
            "base": {region: _rows(rates.values()) for region, rates in prior.base.items()},
            "mix": _rows(prior.mix.values()),
            "links": {region: _rows(n.values()) for region, n in prior.links.items() if n},
        }
    )


def save_prior(prior: PriorSet, path: str | Path) -> Path:
    """Write a prior file, whole or not at all.

    The file's stem should be the setting's name, and in `priors/` it must be; `--setting` then
    finds it. Raises `InputError` where it cannot be written.
    """
    return save_text(path, dump_prior(prior))


def save_text(path: str | Path, text: str) -> Path:
    """Write a text file, whole or not at all. Raises `InputError` where it cannot be written."""
    path = Path(path)
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place when all went well.

    Raises `InputError` where it cannot be written; a file that was there is then as it was.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
    except (OSError, ValueError) as error:
        raise InputError(_unwritten(path, error)) from None
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise InputError(_unwritten(path, error)) from None
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: str | Path) -> None:
    """Raises `InputError` where a file could not be written: to be asked before long work."""
    path = Path(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        tempfile.TemporaryFile(dir=path.parent).close()
    except (OSError, ValueError) as error:
        raise InputError(_unwritten(path, error)) from None


def _unwritten(path: Path, error: Exception) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or error
    return f"cannot write {path}: {reason}; nothing was changed, choose another place"


def prior_text(document: Mapping[str, object]) -> str:
    """A prior file from plain data: a head, then one flow row a number."""
    head = {k: v for k, v in document.items() if k not in ("base", "mix", "links")}
    lines = [yaml.safe_dump(head, sort_keys=False, allow_unicode=True).rstrip(), "base:"]
    base, mix = document["base"], document["mix"]
    assert isinstance(base, dict)
    assert isinstance(mix, list)
    for region, rates in base.items():
        lines.append(f"  {region}:")
        lines += [f"    - {_flow(r)}" for r in rates]
    lines.append("mix:")
    lines += [f"  - {_flow(r)}" for r in mix]
    links = document.get("links")
    for number, (region, rows) in enumerate(links.items() if isinstance(links, dict) else ()):
        lines += ["links:"] * (number == 0) + [f"  {region}:"]
        lines += [f"    - {_flow(r)}" for r in rows]
    return "\n".join(lines) + "\n"


def _flow(row: Mapping[str, object]) -> str:
    return yaml.safe_dump(row, default_flow_style=True, sort_keys=False, width=100000).strip()


def _rows(numbers: Iterable[Number]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for n in numbers:
        link = n.quantity != "base_rate"
        row: dict[str, object] = {
            **({"quantity": n.quantity, "child": n.child} if link else {"variable": n.child}),
            "state": n.state,
            **({"cause": n.cause} if link else {}),
            "value": float(n.value),
            "low": float(n.low),
            "high": float(n.high),
            "n": float(n.n),
            "basis": n.basis,
            "sources": " ".join(n.sources),
            "note": n.note,
        }
        if n.claims:
            row["claims"] = " ".join(n.claims)
        rows.append(row)
    return rows
