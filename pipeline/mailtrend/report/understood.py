"""How much of what failed is understood, in words: from the figure `classified`, whose first row is for all sources."""

from __future__ import annotations

from typing import Any, Final

from mailtrend.report import words
from mailtrend.report.model import Figure

HOW_TO: Final = "`mailtrend ask unknown-replies` gives each of their texts as a line to which you can give a cause."


def all_known(classified: Figure | None) -> bool:
    """Has every failure a cause? True where nothing failed."""
    row = _all(classified)
    return not row or row["cause_known"] == row["failures"]


def sentences(classified: Figure | None) -> str:
    """How many failures have a cause, and how many a status code of the book; empty where nothing failed."""
    row = _all(classified)
    if not row:
        return ""
    failures = words.count(row["failures"])
    if all_known(classified):
        return (
            "The one failure has a known cause." if failures == "1" else f"All {failures} failures have a known cause."
        )
    cause = f"{words.count(row['cause_known'])} ({words.share(row['cause_known_share'])}) have a known cause"
    code = (
        f"{words.count(row['code_known'])} ({words.share(row['code_known_share'])}) a status code that the book knows"
    )
    neither = f"{words.count(row['unknown'])} ({words.share(row['unknown_share'])}) neither"
    return f"Of {failures} failure{'s' * (failures != '1')}, {cause}, {code}, {neither}. {HOW_TO}"


def in_short(classified: Figure | None) -> str:
    """How many failures have no known cause; empty where all have one, or nothing failed."""
    row = _all(classified)
    if not row or all_known(classified):
        return ""
    rest = row["failures"] - row["cause_known"]
    part = f"{words.count(rest)} of {words.count(row['failures'])} failures ({words.share(rest / row['failures'])})"
    return f"No known cause: {part}, see `mailtrend ask unknown-replies`."


def _all(classified: Figure | None) -> dict[str, Any]:
    return dict(classified.records()[0]) if classified and classified.rows else {}
