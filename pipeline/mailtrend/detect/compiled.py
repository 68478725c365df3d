"""Loops over hours, compiled: one decorator, so that where compiled code is kept is decided in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(function: Kernel) -> Kernel:
    """The function as machine code, kept on disk beside the source, else in the user's cache, else in memory alone."""
    try:
        return cast("Kernel", numba.njit(function, cache=True, nogil=True, error_model="numpy"))
    except RuntimeError:
        # Neither the installation nor a cache folder can be written to: it is compiled once per process.
        return cast("Kernel", numba.njit(function, nogil=True, error_model="numpy"))
