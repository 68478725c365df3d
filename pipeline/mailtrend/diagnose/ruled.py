"""What the rules of mailtrend.toml need to know of an incident beside its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

SLACK: Final = timedelta(hours=1)
"""So much earlier or later than a maintenance window failures may begin and still belong to it."""


class InWindows(NamedTuple):
    """The messages of an incident held against the windows of one `[[maintenance]]`, times UTC.

    A message counts by its first failure: what is tried again after the window, up to its expiry, is an echo.
    """

    rule: int
    """Its number in the file, from 1."""
    windows: int
    begin: datetime
    """Of the first window in which one failed."""
    until: datetime
    """Of the last one."""
    inside: int
    before: int
    """Messages that first failed before the first window."""
    after: int
    """Messages that first failed after the last window."""
    between: int
    echoes: int
    """Failures after the last window."""
    delivered: int
    """Deliveries at the same place after the last window."""


@dataclass(frozen=True)
class Ruled:
    """VIP recipients that failed in it (None where none are named), and how it lies to maintenance windows."""

    vip_recipients: int | None = None
    maintenance: tuple[InWindows, ...] = ()


NOT_ASKED: Final = Ruled()
"""Where nobody has set a rule that asks."""
