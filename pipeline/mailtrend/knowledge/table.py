"""The book as a table that SQL can join, and the twins as SQL."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa

from mailtrend import contracts
from mailtrend.knowledge.loading import book
from mailtrend.knowledge.shapes import PERMANENCE, Book, Entry, Range


def status_codes(known: Book | None = None) -> pa.Table:
    """Every code of the book as contracts.STATUS_CODES, ordered by code; where one has two meanings, Microsoft's.

    `known` is the shipped book unless given; entries of the user's own go for shipped ones of the same codes.
    `expired_twin` goes both ways: 4.4.316 has 5.4.316 there, and 5.4.316 has 4.4.316.
    """
    return _table(known or book())


@lru_cache(maxsize=8)
def _table(told: Book) -> pa.Table:
    rows = [
        _row(codes, entry)
        for entry in told.entries
        if entry.reply is None and entry.when is None
        for codes in entry.codes
        if (entry.own or entry.issuer != "standard" or told.entry_of(f"{codes.stem}{codes.low}") is None)
        and (entry.own or not _overruled(told, codes))
    ]
    rows.sort(key=lambda row: _order(str(row["status_code"])))
    return pa.Table.from_pylist(rows, schema=contracts.STATUS_CODES)


def _overruled(told: Book, codes: Range) -> bool:
    """Does an entry of the user's own say something else of the very same codes?"""
    return any(codes in entry.codes for entry in told.entries if entry.own and entry.when is None)


def _order(status_code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in status_code.split("-", maxsplit=1)[0].split("."))


def _row(codes: Range, entry: Entry) -> dict[str, object]:
    return {
        "status_code": str(codes),
        "title": entry.title,
        "class": PERMANENCE[codes.stem[0]],
        "meaning": entry.meaning,
        "causes": list(entry.causes),
        "owner_own": entry.owner("own"),
        "owner_partner": entry.owner("partner"),
        "owner_internet": entry.owner("internet"),
        "steps_own": list(entry.steps["own"]),
        "steps_partner": list(entry.steps["partner"]),
        "expired_twin": entry.twin,
        "reference": entry.reference,
    }


def twin_of(status_code: str) -> str | None:
    """The code the same fault has before (for 5.4.316: 4.4.316) or after it expires (for 4.4.316: 5.4.316), or None."""
    entry = book().entry_of(status_code)
    return entry.twin if entry else None


def family_sql(column: str = "status_code") -> str:
    """A SQL expression: the code under which a fault is counted before and after it expires, 5.4.316 → 4.4.316.

    Codes without a twin stay as they are. `column` is an identifier from our own code, never a user's text.
    """
    cases = [f"WHEN '{entry.codes[0]}' THEN '{entry.twin}'" for entry in book().entries if entry.expired and entry.twin]
    return f"CASE {column} {' '.join(cases)} ELSE {column} END"
