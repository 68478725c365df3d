"""What files beside each other tell of each other: one shows the order of day and month that another leaves open."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from mailtrend.errors import InputError


class UndecidedError(InputError):
    """A file leaves the order of day and month open; its neighbours may tell it, once they are read."""


@dataclass
class Neighbours:
    """The files of one folder that are read as one format. They were mostly exported by one machine."""

    _orders: dict[Hashable, dict[str, str]] = field(default_factory=dict)
    """Way of writing dates → order → a file that shows it."""
    borrowed: dict[str, str] = field(default_factory=dict)
    """File that leaves the order open → the file that it was taken from."""

    def show(self, way: Hashable, order: str, file: str) -> None:
        """Note that `file` writes its dates this way and shows by itself in which order they are."""
        self._orders.setdefault(way, {}).setdefault(order, file)

    def agreed(self, way: Hashable, file: str) -> str | None:
        """The order in which all files that show one write dates of this kind; None if none does or they differ."""
        shown = self._orders.get(way, {})
        if len(shown) != 1:
            return None
        [(order, lender)] = shown.items()
        self.borrowed[file] = lender
        return order
