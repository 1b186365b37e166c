"""What the columns of a cohort are, decided once before any row is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bme_bayes.errors import InputError, UnknownName
from bme_bayes.findings import OBSERVED_ROLES
from bme_bayes.network import REGIONS, Network
from bme_bayes.reading import load

IDS = ("case_id", "patient_id", "id")
Setting = str | Path


@dataclass(frozen=True)
class Plan:
    """How the rows of a table are scored; small, so that it travels with every chunk.

    `region` is that of rows which name none; `versions` are the models' by region, which every
    worker's own have to agree with.
    """

    name: str
    setting: Setting
    region: str
    by_row: bool
    id: str
    keep: tuple[str, ...]
    findings: tuple[str, ...]
    diagnoses: tuple[str, ...]
    versions: Mapping[str, str]

    def output_columns(self) -> list[tuple[str, str]]:
        """Names and types of the result's columns."""
        texts = [c for c in (self.id, "region", *self.keep, "model_version", "leader") if c]
        numbers = ["log_evidence", *self.diagnoses, *(f"{d}_main_cause" for d in self.diagnoses)]
        names = [("row", "int"), *((c, "text") for c in texts), *((c, "float") for c in numbers)]
        if len(dict(names)) < len(names):
            raise InputError(f"{self.name}: --keep names a column that the results have already")
        return names


def make_plan(
    columns: Sequence[str], name: str, region: str, setting: Setting, keep: Sequence[str] = ()
) -> Plan:
    """The plan for a table with these columns.

    Raises `UnknownName` for a column, region or setting that is not known, `InputError` where
    the region is not said or a column is named twice.
    """
    networks = networks_of(columns, name, region, setting)
    for kept in keep:
        if kept not in columns:
            raise UnknownName("column", kept, columns, f"in {name}")
    row_id = next((c for c in IDS if c in columns and c not in keep), "")
    findings = [c for c in columns if c not in (row_id, "region", *keep)]
    known = observable_columns(networks)
    for column in findings:
        if column not in known:
            raise UnknownName("column", column, known, f"in {name} (--keep {column} passes it on)")
    plan = Plan(
        name=name,
        setting=setting,
        region=region,
        by_row="region" in columns,
        id=row_id,
        keep=tuple(keep),
        findings=tuple(findings),
        diagnoses=tuple(dict.fromkeys(d.id for n in networks for d in n.diagnoses)),
        versions={n.region: n.version for n in networks},
    )
    plan.output_columns()
    return plan


def networks_of(
    columns: Collection[str], name: str, region: str, setting: Setting
) -> tuple[Network, ...]:
    """The networks that rows of a table may need: all with a column region, else one."""
    if region and region not in REGIONS.values():
        raise UnknownName("region", region, REGIONS.values())
    if "region" in columns:
        return tuple(load(r, setting) for r in REGIONS.values())
    if not region:
        raise InputError(f"{name} has no column region: say which with --region")
    return (load(region, setting),)


def observable_columns(networks: Sequence[Network]) -> set[str]:
    """Names of columns that are findings in one of the networks."""
    return {v.id for n in networks for v in n.of_role(*OBSERVED_ROLES)} | {"age"}
