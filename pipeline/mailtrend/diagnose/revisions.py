"""What later data changed in an incident since it was last told, in sentences; and which incidents they took back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mailtrend.diagnose.phrases import count, joined, span, when
from mailtrend.diagnose.standing import TAKEN_BACK, Standing

_HOUR: Final = timedelta(hours=1)
_SHOWN: Final = 5
Row = Mapping[str, Any]


def revisions(row: Row, standing: Standing, now: datetime, oldest: datetime | None = None) -> list[str]:
    """Sentences on how `row` (of contracts.INCIDENTS) differs from how it was told; none where it does not.

    now: up to when data reach; oldest: from when on they do.
    """
    told = _joined_up(standing)
    was = standing.was
    if was is None:
        return told
    told += ["The last run did not find it; with the data of now it stands out again"] if _was_back(was) else []
    told += _place(row, was) + _fault(row, was) + _begin(row, was, oldest) + _end(row, was) + _owner(row, was)
    return told + _figures(row, was, now)


def taken_back(before: Sequence[Row], now: Sequence[Row]) -> list[str]:
    """Incidents of `before` that are not there any more, a sentence each; not those that became part of another."""
    there = {row["incident_id"] for row in now}
    said = " ".join(sentence for row in now for sentence in row["revisions"] or ())
    return [
        f"{named(row)}, told as begun on {when(row['started_at'])} (incident {row['incident_id']}), is no longer "
        "there: with the data of today it does not stand out"
        for row in before
        if row["incident_id"] not in there
        and row["incident_id"] not in said
        and row["started_at"] is not None
        and not _was_back(row)
    ]


def _was_back(row: Row) -> bool:
    return TAKEN_BACK in (row["revisions"] or ())


def named(row: Row) -> str:
    """How a sentence calls an incident: 4.4.316 over connector A to mail.contoso.com."""
    what = (
        "silence" if row["kind"] == "silence" else row["status_code"] or (row["cause"] or "failures").replace("_", " ")
    )
    over = f" over connector {row['connector']}" if row["connector"] else ""
    to = f" to {row['destination']}" if row["destination"] else ""
    return f"{what}{over}{to}"


def _joined_up(standing: Standing) -> list[str]:
    told = []
    if standing.part_of:
        told.append(f"It was told as a part of incident {standing.part_of}, and stands on its own now")
    if standing.merged:
        names = [*standing.merged[:_SHOWN]]
        if len(standing.merged) > _SHOWN:
            names.append(f"{len(standing.merged) - _SHOWN} more")
        kind = "incident that was told apart is" if len(standing.merged) == 1 else "incidents that were told apart are"
        told.append(f"{len(standing.merged)} {kind} part of it now: {joined(names)}")
    return told


def _place(row: Row, was: Row) -> list[str]:
    now, then = _where(row), _where(was)
    return [f"It is now {now} (was told: {then})"] if now != then else []


def _where(row: Row) -> str:
    match row["scope"]:
        case "connector":
            return f"over all destinations of connector {row['connector']}"
        case "destination":
            return f"over all connectors to {row['destination']}"
        case "all":
            return "over all connectors"
        case "remote_ip":
            return f"at the address {row['remote_ip']} alone"
        case _:
            over = f" over connector {row['connector']}" if row["connector"] else ""
            return f"at {row['destination'] or 'an unknown destination'}{over} alone"


def _fault(row: Row, was: Row) -> list[str]:
    told = []
    if row["kind"] != was["kind"]:
        told.append(f"It is of kind {row['kind']} now (was told: {was['kind']})".replace("_", " "))
    before = {was["status_code"], *(was["status_codes"] or ())} - {None}
    new = [code for code in dict.fromkeys((row["status_code"], *row["status_codes"])) if code and code not in before]
    if new and was["status_code"]:
        told.append(f"It fails with {joined(new)} as well (was told: {was['status_code']})")
    elif new:
        told.append(f"Its code is known now: {joined(new)}")
    return told


def _begin(row: Row, was: Row, oldest: datetime | None) -> list[str]:
    moved: timedelta = row["started_at"] - was["started_at"]
    if abs(moved) < _HOUR:
        return []
    if moved > timedelta(0) and oldest is not None and was["started_at"] < oldest:
        return [f"It began on {when(was['started_at'])}, as was told; the data of that time are no longer in the lake"]
    manner = "later" if moved > timedelta(0) else "earlier"
    return [f"It began {span(abs(moved))} {manner} than told: on {when(row['started_at'])}"]


def _end(row: Row, was: Row) -> list[str]:
    ended, told = row["ended_at"], was["ended_at"]
    if ended is None:
        again = "later data show it going on: what ended it did not hold"
        return [f"It was told as ended on {when(told)}; {again}"] if told else []
    if told is None:
        return [f"It was told as going on; later data show that it ended on {when(ended)}"]
    if abs(ended - told) < _HOUR:
        return []
    manner = "earlier" if ended < told else "later"
    return [f"It ended {span(abs(ended - told))} {manner} than told: on {when(ended)}"]


def _owner(row: Row, was: Row) -> list[str]:
    told = []
    if was["cause"] and row["cause"] and row["cause"] != was["cause"]:
        told.append(f"Its main cause is {row['cause']} now (was told: {was['cause']})".replace("_", " "))
    if was["owner"] and row["owner"] != was["owner"]:
        told.append(f"Who has to act is another now: {row['owner']} (was told: {was['owner']})".replace("_", " "))
    return told


def _figures(row: Row, was: Row, now: datetime) -> list[str]:
    if was["failures"] is None or row["kind"] == "silence":
        return []
    more, lost = row["failures"] - was["failures"], row["lost"] - (was["lost"] or 0)
    if more == 0 and lost <= 0:
        return []
    mails = row["messages"] - (was["messages"] or 0)
    of = f" and {count(mails, 'message')}" if mails > 0 else ""
    fate = f"; {count(lost, 'more message') if lost == 1 else f'{lost:,} more messages'} lost" if lost > 0 else ""
    if more == 0:
        return [f"Data up to {when(now)} tell what became of more of its mail{fate}"]
    if more < 0:
        return [f"With the data up to {when(now)} it has {count(-more, 'failure')} fewer than told{fate}"]
    return [f"Data up to {when(now)} added {count(more, 'failure')}{of}{fate}"]
