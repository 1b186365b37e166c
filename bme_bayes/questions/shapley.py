"""Shares of findings in a change of log-odds: leave-one-out, pairs, and all orders."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.questions.subsets import Bools, Subsets, all_masks

Floats = NDArray[np.float64]


def log_odds(joint: Floats) -> Floats:
    """(M,) ln of the first over the second column; both kept off zero."""
    tiny = 1e-300
    return np.asarray(np.log(np.maximum(joint[:, 0], tiny)) - np.log(np.maximum(joint[:, 1], tiny)))


def shapley_values(value: Floats, count: int) -> Floats:
    """(count,) Shapley values of a set function (2 ** count,); bit i of a row is member i.

    phi_i = sum over sets A without i of |A|! (n - |A| - 1)! / n! (v(A + i) - v(A)).
    """
    if count == 0:
        return np.zeros(0)
    masks = all_masks(count)
    size = masks.sum(axis=1)
    share = np.array([1 / (count * math.comb(count - 1, a)) for a in range(count)])
    out = np.empty(count)
    for i in range(count):
        without = np.flatnonzero(~masks[:, i])
        gain = value[without | (1 << i)] - value[without]
        out[i] = (share[size[without]] * gain).sum()
    return out


def sampled_shapley(
    subsets: Subsets, given: Floats, orders: int, rng: Generator
) -> tuple[Floats, Floats]:
    """Shapley values and standard errors (N,) from random orders, each also taken backwards.

    The error is that of the mean over pairs of an order and its reverse.
    """
    count = len(subsets.names)
    drawn = np.stack([rng.permutation(count) for _ in range(orders)])
    both = np.stack([drawn, drawn[:, ::-1]], axis=1).reshape(-1, count)
    rank = np.argsort(both, axis=1)
    masks = rank[:, None, :] < np.arange(count + 1)[None, :, None]
    distinct, row = np.unique(masks.reshape(-1, count), axis=0, return_inverse=True)
    value = log_odds(subsets.weights(distinct, given))[row.ravel()].reshape(len(both), count + 1)
    gain = np.empty(both.shape)
    np.put_along_axis(gain, both, np.diff(value, axis=1), axis=1)
    pair = gain.reshape(orders, 2, count).mean(axis=1)
    return pair.mean(axis=0), pair.std(axis=0, ddof=1) / np.sqrt(orders)


def left_out(count: int) -> tuple[Bools, Bools]:
    """Masks with one finding left out, and with each pair left out (i < j)."""
    one = ~np.eye(count, dtype=bool)
    first, second = np.triu_indices(count, 1)
    return one, one[first] & one[second]


def interactions(everything: float, one: Floats, two: Floats, count: int) -> Floats:
    """(N, N) change of the weight of i because j is known: v - v(-i) - v(-j) + v(-i-j)."""
    out = np.zeros((count, count))
    first, second = np.triu_indices(count, 1)
    out[first, second] = everything - one[first] - one[second] + two
    return np.asarray(out + out.T)
