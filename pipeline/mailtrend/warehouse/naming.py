"""What a user calls a connector, a destination or a code, found in the lake; what is not there is refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from mailtrend.errors import UsageError
from mailtrend.warehouse.verification import Asked, Fault, connectors, destinations, family_of, gather, span

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CODE: Final = re.compile(r"(?:[45]\d\d )?([45]\.\d{1,3}\.\d{1,3})")
_SHOWN: Final = 5


def checked_code(text: str | None) -> str | None:
    """An enhanced status code of a failure, without the reply code before it. Raises UsageError for anything else."""
    if text is None:
        return None
    if (found := CODE.fullmatch(text.strip())) is None:
        mend = "a code such as 4.4.316, or leave it out to take the most frequent one"
        raise UsageError(f"'{_shown(text)}' is no status code of a failure", where="--code", mend=mend)
    return found[1]


def asked(
    con: DuckDBPyConnection, connector: str, since: datetime, judged_from: datetime,
    destination: str | None, tenant: str | None,
) -> Asked:  # fmt: skip
    """Connector and destination as the lake spells them. Raises UsageError with the nearest name."""
    known = [pair for pair in connectors(con) if tenant is None or pair[0] == tenant]
    wanted = connector.strip().casefold()
    found = [pair for pair in known if pair[1].casefold() == wanted]
    if not found:
        among = f" of tenant {_shown(tenant)}" if tenant else ""
        mend = _nearest(connector, (name for _, name in known), "the lake names no connector; ingest its logs first")
        raise UsageError(f"no connector '{_shown(connector)}'{among}", where="--connector", mend=mend)
    tenants = sorted({pair[0] for pair in found})
    if len(tenants) > 1:
        mend = f"--tenant with one of: {', '.join(_shown(name) for name in tenants)}"
        raise UsageError(f"several tenants have a connector '{_shown(connector)}'", where="--connector", mend=mend)
    place = Asked(tenants[0], tuple(name for _, name in found), since, judged_from)
    if destination is None:
        return place
    there = destinations(con, place)
    host = destination.strip().rstrip(".").lower()
    if host not in there:
        mend = _nearest(host, there, "this connector has no destination in the lake; leave it out")
        raise UsageError(f"no destination '{_shown(destination)}' of this connector", where="--destination", mend=mend)
    return Asked(place.tenant, place.names, since, judged_from, host)


def fault_of(con: DuckDBPyConnection, place: Asked, code: str | None) -> Fault:
    """What was to go: the code asked for, else the most frequent failure before the change.

    Raises UsageError where that has never failed there, as then there is nothing to have been fixed.
    """
    faults = gather(con, place)
    before = [fault for fault in faults if fault.before]
    if code is None:
        if before:
            return before[0]
        raise _nothing_before(con, place, faults)
    family = family_of(con, code)
    found = next((fault for fault in faults if fault.key == family), None)
    _, _, tried = span(con, place)
    if found is None and (faults or tried):
        seen = [f"{_shown(fault.key)} ({fault.before + fault.since:,})" for fault in (before or faults)[:_SHOWN]]
        what = (
            f"what failed there: {', '.join(seen)}" if seen else "nothing ever failed there: there is nothing to verify"
        )
        raise UsageError(
            f"{code} was never seen over this connector",
            where="--code",
            mend=f"{what}; if the time is meant, check --since",
        )
    return found or Fault(family)


def _nothing_before(con: DuckDBPyConnection, place: Asked, faults: list[Fault]) -> UsageError:
    """Why there is nothing that a change of that time can have mended."""
    first, last, tried = span(con, place)
    mend = "give --code, check the time of the change, or ingest older exports as well"
    if faults:
        mend = f"{mend}; it has failed since with {', '.join(_shown(fault.key) for fault in faults[:_SHOWN])}"
    if first is None or last is None:
        what = "the lake holds no attempt over this connector"
    elif tried:
        what = f"nothing failed over this connector before the change: none of {tried:,} messages, so nothing to verify"
    else:
        what = f"nothing failed over this connector before the change: its data go from {_day(first)} to {_day(last)}"
    return UsageError(what, where="--since", mend=mend)


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"


def _nearest(name: str, known: Iterable[str], none: str) -> str:
    """Did you mean …? Else some of what there is."""
    names = {one.casefold(): one for one in known}
    if near := difflib.get_close_matches(name.strip().casefold(), names, n=1):
        return f"did you mean '{_shown(names[near[0]])}'?"
    return f"one of: {', '.join(_shown(one) for one in sorted(names.values())[:_SHOWN])}, …" if names else none


def _shown(name: str) -> str:
    """Names come from logs and command lines: what does not print is no part of them."""
    return "".join(char if char.isprintable() else "·" for char in name)
