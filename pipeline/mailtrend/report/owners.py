"""Who has to act for what failed: a figure with a row for each owner, and what would settle those that are open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mailtrend.knowledge.verdicts import TEXT_DECIDES
from mailtrend.report import words
from mailtrend.report.asking import Asked, Period, figure, table
from mailtrend.report.model import Figure

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KEY: Final = "who-has-to-act"
NAMED: Final = 4
"""So many owners are named in one line."""
MUCH: Final = 0.1
"""From this share of failures on, a summary says what would settle who has to act."""
ASKED: Final = Asked(KEY, "Who has to act")
OPEN: Final = """
    SELECT count(*) AS failures,
           count(*) FILTER (
               WHERE owner = 'undetermined' AND owner_kind = 'undetermined' AND owner_depends_on <> $text
           ) AS hanging,
           (SELECT count(*) FROM connectors) AS connectors
    FROM owned_failures
    WHERE event_time >= $since
      AND event_time < $until
"""


def owners(con: DuckDBPyConnection, period: Period) -> tuple[Figure, str]:
    """The figure, and in words what would settle the owners that hang on who runs a server; empty if none does."""
    found = figure(con, ASKED, period)
    (counted,) = table(con, OPEN, {"text": TEXT_DECIDES, **period.bounds}).to_pylist()
    return found, settling(counted["failures"], counted["hanging"], exported=bool(counted["connectors"]))


def settling(failures: int, hanging: int, *, exported: bool) -> str:
    """What has to be exported and read so that the owners of `hanging` of so many failures are known."""
    if not hanging:
        return ""
    if hanging < failures:
        which = f"{words.count(hanging)} of {words.count(failures)} failures ({words.share(hanging / failures)})"
    else:
        which = "the one failure" if failures == 1 else f"all {words.count(failures)} failures"
    lacking = "none of the exports in the lake names" if exported else "nothing in the lake says who runs"
    return (
        f"Who has to act is open for {which}: {lacking} the servers there. Exports of `Get-OutboundConnector` "
        "(Exchange Online), `Get-SendConnector` (Exchange Server) and `Get-AcceptedDomain` settle it: write each with "
        "`| ConvertTo-Json -Depth 4 > NAME.json`, then `mailtrend ingest NAME.json`."
    )


def in_short(found: Figure | None) -> str:
    """Those who have to act for most, in one line; empty where nothing failed or nothing is known of it yet."""
    rows: list[dict[str, Any]] = [row for row in found.records() if row["owner"]] if found else []
    if not rows:
        return ""
    told = [f"{_name(row)} {words.count(row['failures'])}" for row in rows[:NAMED]]
    rest = sum(row["failures"] for row in rows[NAMED:])
    return f"Who has to act, by failures: {', '.join([*told, *([f'others {words.count(rest)}'] if rest else [])])}."


def mostly_open(found: Figure | None) -> bool:
    """Is nobody known to act for so many failures that a summary has to say why?"""
    shares = [row["share"] for row in found.records() if row["owner"] == "undetermined"] if found else []
    return any(isinstance(share, float) and share >= MUCH for share in shares)


def _name(row: Mapping[str, Any]) -> str:
    if row["partner"]:
        return f"partner {words.one_line(str(row['partner']))}"
    name = words.owner_short(str(row["owner"]))
    return name if row["owner"] == "microsoft" else name[:1].lower() + name[1:]
