"""Logarithms of what is known of many patients, as one product of matrices.

Given a scenario, age and sex, risk factors are independent of each other, and so are findings
that hang on no process. The logarithm of their joint probability is a sum over what each
patient has: a row of zeros and ones for the patient, times a table with a row a state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.findings import Coded
from bme_bayes.machine import aligned, aligned_copy, one_thread
from bme_bayes.network import EDEMA

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
NEVER = -1e5
"""Stands for the logarithm of 0: minus infinity times 0 is not a number."""


class LogTables:
    """The part of a batch that is a sum of logarithms.

    `known` has a row of relative likelihoods a code, of each column of a table of codes;
    `assumed` is what is taken for granted of variables without a code. `rest` are the columns
    of findings that have no place in the tables, `rest_assumed` what is assumed of them.
    """

    def __init__(self, space: DiseaseSpace, known: Mapping[str, Floats], assumed: Coded) -> None:
        self.space, self.assumed, self.names = space, assumed, tuple(known)
        names = self.names
        free = [n for n in names if n in space.cpds and self._is_free(n)]
        self.risks = list(space.roots.names)
        apart = {"age_band", "sex", EDEMA, *self.risks, *free}
        self.rest = [(i, n) for i, n in enumerate(names) if n not in apart]
        self.rest_assumed = {n: assumed[n] for _, n in self.rest if n in assumed}
        self.below = np.vstack(
            [
                _logarithm(np.stack([1 - space.edema, space.edema])),
                *(self._rows(n, known[n], space.likelihood[n][:, 0]) for n in free),
            ]
        )
        below = {n: space.network.variable(n).states for n in (EDEMA, *free)}
        self._places_below = self._places(below, 1)
        states = {n: space.network.variable(n).states for n in self.risks}
        self._places_risks = self._places(states, 1 + len(self.below))
        self._tables: dict[int, Floats] = {}

    def weights(self, codes: Codes, pair: int, out: Floats) -> Floats:
        """Weights into `out` (N, S) of patients of one pair, and (N,) logarithms of their scale.

        Without what is known of `rest`.
        """
        table = self._table(pair)
        hot = np.zeros((len(codes), len(table) + 1))
        hot[:, 0] = 1.0
        for columns, first, unknown in (self._places_below, self._places_risks):
            known = codes[:, columns]
            place = np.where(known >= 0, first + known, unknown)
            hot[np.arange(len(codes))[:, None], place] = 1.0
        with one_thread():
            np.matmul(hot[:, :-1], table, out=out)
        top: Floats = out.max(axis=1)
        top[top < NEVER / 2] = 0.0
        out -= top[:, None]
        np.exp(out, out=out)
        return top

    def _rows(self, name: str, known: Floats | None, likelihood: Floats) -> Floats:
        """Logarithms (codes, S) of P(what a code says | scenario); then of what is assumed."""
        said = likelihood if known is None else known @ likelihood
        if name in self.assumed:
            said = np.vstack([said, self.assumed[name] @ likelihood])
        return _logarithm(said)

    def _is_free(self, name: str) -> bool:
        variable = self.space.network.variable(name)
        return not (variable.process or variable.part_of or name in self.space.parts)

    def _places(
        self, states: dict[str, tuple[str, ...]], start: int
    ) -> tuple[list[int], NDArray[np.intp], NDArray[np.intp]]:
        """Columns of codes, the table's row of their first state, and the row for no code."""
        columns, first, unknown = [], [], []
        for name, own in states.items():
            columns.append(self.names.index(name))
            first.append(start)
            start += len(own)
            unknown.append(start if name in self.assumed else -1)
            start += name in self.assumed
        return columns, np.array(first), np.array(unknown)

    def _table(self, pair: int) -> Floats:
        """(rows, S) the prior of a pair of age and sex, then a row a state."""
        found = self._tables.get(pair)
        if found is None:
            space, roots = self.space, self.space.roots
            prior = space.solved.scenario * roots.everyone[pair]
            rows = [_logarithm(prior)[None], self.below]
            for name, given in zip(self.risks, roots.given, strict=True):
                rows.append(self._rows(name, None, given[:, pair]))
            found = aligned_copy(np.vstack(rows))
            self._tables[pair] = found
        return found


def age_and_sex(space: DiseaseSpace, names: Sequence[str], codes: Codes) -> NDArray[np.intp]:
    """(N,) number of each patient's pair of age and sex, -1 where one is unknown."""
    age = codes[:, names.index("age_band")].astype(np.intp)
    sex = codes[:, names.index("sex")]
    return np.where((age < 0) | (sex < 0), -1, age * len(space.roots.mix.sex) + sex)


def _logarithm(values: Floats) -> Floats:
    out = aligned(*values.shape)
    out[...] = NEVER
    return np.asarray(np.log(values, out=out, where=values > 0))
