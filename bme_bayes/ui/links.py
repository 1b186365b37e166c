"""A case as a link and back. A link holds findings and the model's version, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bme_bayes.errors import nearest
from bme_bayes.findings import age_band
from bme_bayes.network import Variable
from bme_bayes.questions.words import in_sentence
from bme_bayes.ui.state import DEFAULT_REGION, DEFAULT_SETTING, Case, Explorer, choices, from_pairs
from bme_bayes.ui.words import UNKNOWN, answer, listed, plain

REGION, SETTING, MODEL, AGE, PAUSED = "region", "setting", "model", "age", "paused"
RESERVED = (REGION, SETTING, MODEL, PAUSED)
OLDEST = 120


def to_query(case: Case, version: str) -> dict[str, str]:
    """Query parameters that restore a case: region, setting, model and one a finding.

    `paused` names the findings that are entered and do not count for now.
    """
    own = {f: c for f, c in case.findings if f not in RESERVED}
    paused = {PAUSED: ",".join(case.paused)} if case.paused else {}
    return {REGION: case.region, SETTING: case.setting, **own, **paused, MODEL: version}


def from_query(
    query: Mapping[str, str],
    catalogue: Mapping[str, Variable],
    regions: Collection[str],
    settings: Collection[str],
) -> Explorer:
    """The state that a link asks for. What cannot be read is named in a notice and left out."""
    notices: list[str] = []
    region = _known(query, REGION, DEFAULT_REGION, regions, notices)
    setting = _known(query, SETTING, DEFAULT_SETTING, settings, notices)
    pairs: dict[str, str] = {}
    for key, given in query.items():
        if key in RESERVED or given in ("", UNKNOWN):
            continue
        name, value = _age(key, given)
        notice = _fault(name, value, catalogue)
        if notice:
            notices.append(notice)
        else:
            pairs[name] = value
    paused = [f for f in query.get(PAUSED, "").split(",") if f]
    notices += [_not_paused(f, catalogue) for f in paused if f not in pairs]
    return from_pairs(region, setting, pairs.items(), notices, paused)


def version_notice(query: Mapping[str, str], version: str) -> str | None:
    """What to say if the link was made with another version of the model."""
    made_with = query.get(MODEL)
    if not made_with or made_with == version:
        return None
    return (
        f"This link was made with another version of the model ({plain(made_with, 16)}; this is "
        f"{version}). The findings are the same; the numbers may differ."
    )


def _known(
    query: Mapping[str, str], name: str, default: str, known: Collection[str], notices: list[str]
) -> str:
    value = query.get(name, default)
    if value in known:
        return value
    shown = default.replace("_", " ")
    notices.append(
        f"The link names the {name} “{plain(value)}”, which is not known; {shown} is used."
    )
    return default


def _age(name: str, value: str) -> tuple[str, str]:
    """Age in years as its band, so that no link of ours carries an exact age."""
    if name == AGE and value.isdecimal() and int(value) <= OLDEST:
        return "age_band", age_band(int(value))
    return name, value


def _not_paused(name: str, catalogue: Mapping[str, Variable]) -> str:
    known = catalogue[name].label if name in catalogue else plain(name)
    return f"The link pauses “{known}” without giving it an answer; it stays unknown."


def _fault(name: str, value: str, catalogue: Mapping[str, Variable]) -> str | None:
    if name == AGE:
        return f"The link gives the age “{plain(value)}”; it must be 0 to {OLDEST}. It is left out."
    variable = catalogue.get(name)
    if variable is None:
        hint = [catalogue[n].label for n in nearest(name, catalogue)[:1]]
        near = f" Did you mean “{hint[0]}”?" if hint else ""
        return f"The link names a finding “{plain(name)}” that is not known; it is left out.{near}"
    if value not in choices(variable):
        return (
            f"The link gives “{variable.label}” the value “{plain(value)}”, which is not one "
            f"of its answers; it is left out.{_meant(variable, value)}"
        )
    return None


def _meant(variable: Variable, value: str) -> str:
    """The answer that a link may have meant; all of them where none is near."""
    known = {c: answer(variable, c) for c in choices(variable)}
    near = nearest(value, known, 1, known)
    if near:
        return f" Did you mean “{in_sentence(known[near[0]])}”?"
    return f" Its answers are {listed([in_sentence(a) for a in known.values()])}."
