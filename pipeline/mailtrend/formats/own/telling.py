"""The SQL that makes events of `cells`, and says of every other row what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mailtrend import contracts
from mailtrend.formats.own.cells import IGNORED, UNMATCHED
from mailtrend.formats.own.description import Description
from mailtrend.formats.own.parts import CONTEXT, DATE, TIME
from mailtrend.formats.own.times import BOUNDED
from mailtrend.sql import quoted

_ADDRESS: Final = (
    "CASE WHEN contains({0}, '<') AND suffix({0}, '>') THEN split_part(rtrim({0}, '>'), '<', -1) ELSE {1} END"
)
"""`Ada <ada@contoso.com>` is ada@contoso.com."""
CLEANED: Final = {
    "sender": _ADDRESS.format("{0}", "sender_of({0})"), "recipient": _ADDRESS.format("{0}", "bare({0})"),
    "message_id": "bare({0})", "network_message_id": "guid({0})", "size_bytes": "whole_number({0})",
    "reply_code": "TRY_CAST({0} AS SMALLINT)", "remote_reply_code": "TRY_CAST({0} AS SMALLINT)",
    "delay_seconds": "coalesce(TRY_CAST(replace({0}, ',', '.') AS DOUBLE), "
                     "epoch(TRY_CAST(replace({0}, '+', ' days ') AS INTERVAL)))", "tls_version": "tls_name({0})",
    "remote_ip": "nullif(trim({0}, '[]'), '')", "remote_host": "nullif(rtrim({0}, '.'), '')",
    "direction": "CASE WHEN lower({0}) IN ('outbound', 'outgoing', 'originating', 'out') THEN 'outbound' "
                 "WHEN lower({0}) IN ('inbound', 'incoming', 'in') THEN 'inbound' "
                 "WHEN lower({0}) IN ('internal', 'local') THEN 'internal' END",
}  # fmt: skip
"""How a cell becomes a column; the others are taken as they stand."""


def told_sql(told: Description, time: str) -> str:
    """CREATE `parsed_events` and `parsed_rows` from `cells`; `time` reads its column of that name."""
    names = {name for given in told.given for name in given} - {TIME, DATE}
    listed = ", ".join(f"{value} AS {name}" for name, value in _values(told, names).items())
    by = told.outcome.by if told.outcome.by in names else "NULL"
    return f"""
CREATE TEMP TABLE timed AS
SELECT *, {time} AS said
FROM cells;

CREATE TEMP TABLE judged AS
SELECT *, {BOUNDED} AS event_time, {_fate(told, names)} AS fate
FROM timed;

CREATE TEMP TABLE parsed_events AS
SELECT file_no, line, event_time, fate AS outcome, {listed}
FROM {_one_each(told, names)}
WHERE fit > {UNMATCHED}
  AND event_time IS NOT NULL
  AND fate <> '{CONTEXT}';

CREATE TEMP TABLE parsed_rows AS
SELECT
    file_no,
    line,
    CASE
        WHEN fit = {IGNORED} OR fate = '{CONTEXT}' THEN 'context'
        WHEN fit = {UNMATCHED} THEN {quoted(told.unmatched)}
        ELSE 'reject'
    END AS disposition,
    CASE
        WHEN fit = {IGNORED} THEN 'to be ignored'
        WHEN fit = {UNMATCHED} THEN 'fits no pattern'
        WHEN fate = '{CONTEXT}' THEN 'rightly gives no event'
        WHEN {TIME} IS NULL THEN 'no time'
        WHEN event_time IS NULL THEN 'unreadable time ''' || {TIME}[:60] || ''''
        ELSE coalesce('no outcome for ''' || {by}[:60] || '''', 'no word that tells the outcome')
    END AS reason,
    CAST(NULL AS UBIGINT) AS unit
FROM judged
WHERE fit <= {UNMATCHED}
   OR event_time IS NULL
   OR coalesce(fate, '{CONTEXT}') = '{CONTEXT}';
"""


def _one_each(told: Description, names: set[str]) -> str:
    """`judged` with one row a recipient; a row without any stays."""
    if not told.recipient_separator or "recipient" not in names:
        return "judged"
    items = f"list_filter(string_split(recipient, {quoted(told.recipient_separator)}), lambda item: trim(item) <> '')"
    return (
        f"(SELECT * REPLACE (trim(unnest(CASE WHEN len({items}) > 0 THEN {items} ELSE [CAST(NULL AS VARCHAR)] END)) "
        "AS recipient) FROM judged)"
    )


def _values(told: Description, names: set[str]) -> Mapping[str, str]:
    """The SQL of each column that is given: the cell, cleaned; else the fixed value."""
    wanted = names | set(told.set) | {"direction"}
    return {name: _value(told, name, given=name in names)
            for name in contracts.EVENTS.names if name in wanted - {"outcome"}}  # fmt: skip


def _value(told: Description, name: str, *, given: bool) -> str:
    choices = [CLEANED.get(name, "{0}").format(name)] if given else []
    if name in told.set:
        choices.append(quoted(told.set[name]))
    if name == "direction":
        choices.append("'unknown'")
    return choices[0] if len(choices) == 1 else f"coalesce({', '.join(choices)})"


def _fate(told: Description, names: set[str]) -> str:
    """The outcome of a row: as it says itself, or by its word; NULL if nothing tells."""
    choices = []
    if "outcome" in names:
        known = ", ".join(quoted(outcome) for outcome in contracts.OUTCOMES)
        choices.append(f"CASE WHEN lower(outcome) IN ({known}) THEN lower(outcome) END")
    if told.outcome.by in names:
        own = [(number, pattern.words) for number, pattern in enumerate(told.pattern, 1) if pattern.words]
        choices += [f"CASE WHEN fit = {number} THEN {_meant(told.outcome.by, words)} END" for number, words in own]
        choices += [_meant(told.outcome.by, told.outcome.words)] if told.outcome.words else []
    if rest := told.set.get("outcome") or told.outcome.default:
        choices.append(quoted(rest))
    return f"CASE WHEN fit > {UNMATCHED} THEN coalesce(NULL, {', '.join(choices)}) END"


def _meant(by: str, words: Mapping[str, str]) -> str:
    whole = [word for word in words if not word.endswith("*")]
    begun = sorted((word for word in words if word.endswith("*")), key=len, reverse=True)
    whens = [f"WHEN lower({by}) = {quoted(word)} THEN {quoted(words[word])}" for word in whole]
    whens += [f"WHEN starts_with(lower({by}), {quoted(word[:-1])}) THEN {quoted(words[word])}" for word in begun]
    return f"CASE {' '.join(whens)} END"
