"""What the processor likes: arrays that start at its lines of memory, one thread for BLAS."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

Floats = NDArray[np.float64]
LINE = 8
"""Numbers in a line of memory (64 bytes)."""


def aligned(*shape: int) -> Floats:
    """An array whose rows start where the processor reads fastest, at multiples of 64 bytes."""
    width = whole(shape[-1])
    size = int(np.prod(shape[:-1], dtype=np.int64)) * width
    memory = np.empty(size + LINE)
    start = (-memory.ctypes.data // memory.itemsize) % LINE
    return memory[start : start + size].reshape(*shape[:-1], width)[..., : shape[-1]]


def aligned_copy(values: Floats) -> Floats:
    """A copy in an `aligned` array."""
    out = aligned(*values.shape)
    out[...] = values
    return out


def whole(count: int) -> int:
    """A count rounded up to a multiple of 8, with which the processor is fastest."""
    return -(-count // LINE) * LINE


def inner(left: Floats, right: Floats) -> Floats:
    """(L, R) sums of the products of rows (L, S) and (R, S), on one thread.

    Much faster with the fewer rows on the right.
    """
    with one_thread():
        return np.asarray((right @ left.T).T)


def one_thread() -> AbstractContextManager[object]:
    """Products of matrices within this context use one thread.

    On a busy computer the threads of BLAS wait for each other many times over.
    """
    context: AbstractContextManager[object] = _blas().limit(limits=1)
    return context


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")
