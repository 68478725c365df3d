"""What the size and the end of an export tell of what it lacks."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTLY: timedelta = timedelta(hours=48)
"""An export that was made longer after its last event was not meant to reach up to the day it was made."""


def cut_off(rows: int, page_limits: tuple[int, ...], report_limits: tuple[int, ...]) -> str | None:
    """The sentence for an export of as many rows as a page or a whole report may hold; None where it holds others.

    Pages are appended one after the other, and the last one is not full: a multiple of the limit is suspicious too.
    """
    for limit in report_limits:
        if rows == limit:
            return f"exactly {rows:,} rows: such a report is cut off there, so this one is probably not whole"
    for limit in page_limits:
        if rows and rows % limit == 0:
            return f"exactly {rows:,} rows: exports are cut off at {limit:,}, so this one is probably not whole"
    return None


def ends_early(last: datetime | None, made: datetime, lag: timedelta | None) -> str | None:
    """The sentence for a report that was made shortly after its last event, where the source lags behind by `lag`."""
    if lag is None or last is None or not timedelta(0) <= made - last <= SHORTLY:
        return None
    return (
        f"ends on {last:%Y-%m-%d %H:%M} and was made on {made:%Y-%m-%d %H:%M} (UTC): such reports lack up to the last "
        f"{lag.total_seconds() / 3600:.0f} hours, so the end may be missing"
    )
