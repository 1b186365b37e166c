"""Checks of variables.csv and kinds.csv."""

from __future__ import annotations

from bme_bayes.checks.files import LETTERS, Findings, Line, Names, Tables
from bme_bayes.network import EDEMA

ROLES = ("context", "risk", "diagnosis", "process", "finding", "sign")
MODELS = ("noisy_or", "noisy_max", "mixture", "part")
TWO_STATES = ("noisy_or", "part")
REQUIRED = ("age_band", "sex", EDEMA)


def check_definitions(data: Tables, names: Names, found: Findings) -> None:
    """Variables and kinds: ids, states, regions, what they refer to, cycles."""
    for file, columns in (("variables.csv", ("id",)), ("kinds.csv", ("diagnosis", "id"))):
        _duplicates(data[file], columns, found)
    for line in data["variables.csv"]:
        _variable(line, names, found)
    if data["variables.csv"]:
        for name in REQUIRED:
            if name not in names.variables:
                found.add("variables.csv", None, f"{name} is missing; every network needs it")
    _cycles(names, found)
    for line in data["kinds.csv"]:
        _kind(line, names, found)
    _states_with_kinds(data, names, found)


def _duplicates(lines: list[Line], columns: tuple[str, ...], found: Findings) -> None:
    first: dict[tuple[str, ...], int] = {}
    for line in lines:
        key = tuple(line[c] for c in columns)
        if key in first:
            found.at(line, f"{'.'.join(key)} is defined in row {first[key]} already")
        first.setdefault(key, line.row)


def _variable(line: Line, names: Names, found: Findings) -> None:
    found.regions(line)
    states, labels = line["states"].split("|"), line["state_labels"].split("|")
    if not line["id"] or not line["label"]:
        found.at(line, "has no id or no label")
    if len(states) < 2 or len(set(states)) < len(states) or "" in states:
        found.at(line, f"{line['id']}: states {line['states']!r} are not two or more, each once")
    if line["state_labels"] and len(labels) != len(states):
        found.at(line, f"{line['id']}: {len(labels)} state labels for {len(states)} states")
    found.known(line, "role", line["role"], ROLES)
    if line["role"] in ("finding", "process"):
        found.known(line, "model", line["model"], MODELS)
        if line["model"] in TWO_STATES and len(states) != 2:
            found.at(line, f"{line['id']}: {line['model']} is for two states")
    for column, role in (("process", "process"), ("part_of", "finding")):
        if line[column]:
            _reference(line, column, role, names, found)
    if (line["model"] == "part") != bool(line["part_of"]):
        found.at(line, f"{line['id']}: the model `part` and part_of go together")


def _reference(line: Line, column: str, role: str, names: Names, found: Findings) -> None:
    """A process or a whole exists, has the right role and covers the regions."""
    target = line[column]
    if not found.known(line, column, target, names.variables):
        return
    if names.role(target) != role:
        found.at(line, f"{line['id']}: {column} {target} is no {role}")
    if set(line["regions"]) - set(names.variables[target]["regions"]):
        found.at(line, f"{line['id']}: {column} {target} does not exist in all its regions")


def _cycles(names: Names, found: Findings) -> None:
    """Variables that depend on themselves through process and part_of."""
    done: set[str] = set()
    for start in names.variables:
        path: list[str] = []
        stack = [(start, 0)]
        while stack:
            name, depth = stack.pop()
            del path[depth:]
            if name in path:
                loop = path[path.index(name) :]
                if not done.intersection(loop):
                    chain = " -> ".join([*loop, name])
                    found.at(names.variables[name], f"a cycle: {chain}")
                done.update(loop)
                continue
            path.append(name)
            line = names.variables[name]
            above = [line[c] for c in ("process", "part_of") if line[c] in names.variables]
            stack += [(a, len(path)) for a in above]


def _kind(line: Line, names: Names, found: Findings) -> None:
    diagnosis = line["diagnosis"]
    found.regions(line)
    if not line["id"] or not line["label"]:
        found.at(line, "has no id or no label")
    if not found.known(line, "diagnosis", diagnosis, _diagnoses(names)):
        return
    if not line["grade"]:
        found.at(line, f"{diagnosis}.{line['id']} has no grade")
    else:
        found.known(line, "grade", line["grade"], names.states(diagnosis)[1:])
    if set(line["regions"]) - set(names.variables[diagnosis]["regions"]):
        found.at(line, f"{diagnosis}.{line['id']}: {diagnosis} does not exist in all its regions")


def _diagnoses(names: Names) -> list[str]:
    return [n for n, v in names.variables.items() if v["role"] == "diagnosis"]


def _states_with_kinds(data: Tables, names: Names, found: Findings) -> None:
    """Every state of a diagnosis has a kind in each of its regions."""
    if not data["kinds.csv"]:
        return
    covered = {
        (k["diagnosis"], k["grade"], letter) for k in data["kinds.csv"] for letter in k["regions"]
    }
    for name in _diagnoses(names):
        line = names.variables[name]
        for state in names.states(name)[1:]:
            bare = "".join(
                r for r in LETTERS if r in line["regions"] and (name, state, r) not in covered
            )
            if bare:
                found.at(line, f"{name}: the state {state} has no kind in {bare}")
