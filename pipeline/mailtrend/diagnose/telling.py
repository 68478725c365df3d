"""The evidence of an incident and the actions that every incident of its state needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Change, Facts
from mailtrend.diagnose.phrases import count, delay, when
from mailtrend.diagnose.surroundings import around

AFTER_CHANGE: Final = timedelta(hours=72)
_SHOWN: Final = 5
_MANY_LATE: Final = 5
"""Of fewer, the longest delay says it all."""
_TOLD_BETTER: Final = re.compile(r"\d+ ?% of [\d,]+ attempts failed, |About [\d,]+ different recipients")
"""Sentences of detectors that facts tell of the incident's own place, each recipient once."""
_RETRIES: Final = re.compile(r" are retries of that fault\b")
"""What detectors, which know no codes, say of few failures just after it."""
_FAILURES: Final = re.compile(r"([\d,]+) failures? ")
_STAYS: Final = frozenset({"tenant_blocked"})
"""Causes whose source may still be there when the failures are over."""
_SEVERAL: Final = 2


def evidence(facts: Facts, reading: Sequence[str] = (), beside: Sequence[str] = ()) -> list[str]:
    """Sentences with their numbers, the most telling first.

    How large it is and what it did to mail, what got through, what was changed before it, what speaks for its reading
    and what goes on beside it, where it is, and last what makes the detectors sure.
    """
    found = [sentence for sentence in facts.evidence if not _TOLD_BETTER.match(sentence)]
    if not _is_tried_again(facts):
        found = [sentence for sentence in found if not _RETRIES.search(sentence)]
    size = [_size(facts, found[0])] if found else []
    changes = [_change(facts, change) for change in _changes(facts)]
    return [
        *size, *_mail(facts), *_successes(facts), *changes, *reading, *beside, *_where(facts), *found[1:],
    ]  # fmt: skip


def _is_tried_again(facts: Facts) -> bool:
    """Is any of its failures but for a time? What is refused for good comes only once."""
    codes = {facts.status_code, *facts.codes} - {None}
    return not codes or any(str(code)[0] == "4" for code in codes)


def _size(facts: Facts, sentence: str) -> str:
    """How the detectors saw it, and of what, if that is not the incident as it is told."""
    if len(facts.rungs) > 1:
        return f"Of {facts.status_code}: {sentence}"
    told = _FAILURES.match(sentence)
    seen = int(told[1].replace(",", "")) if told else facts.failures
    if seen == facts.failures or not facts.failures:
        return sentence
    return f"{'With what failed beside it' if seen > facts.failures else 'Of the part that stands out'}: {sentence}"


def _mail(facts: Facts) -> list[str]:
    if facts.kind == "silence":
        return []
    late = f"{facts.delivered_late:,} delivered late{_delays(facts)}"
    outcome = f"{late}, {facts.lost:,} lost, {facts.at_risk:,} still queued"
    unknown = f", of {_unknown(facts):,} the data do not tell what became" if _unknown(facts) else ""
    mail = f"{count(facts.messages, 'message')} to {count(facts.recipients, 'recipient')} failed"
    tries = f" in {facts.failures:,} of {count(facts.attempts, 'attempt')}" if facts.attempts else ""
    return [f"{mail}{tries}: {outcome}{unknown}{_counted(facts)}"]


def _counted(facts: Facts) -> str:
    """Why fates can be more than messages: a message to five recipients has five of them."""
    fates = facts.delivered_late + facts.lost + facts.at_risk
    return "; a message counts once for each recipient" if fates > facts.messages else ""


def _unknown(facts: Facts) -> int:
    """Messages that were neither delivered nor given up as far as the data reach."""
    return max(0, facts.messages - facts.delivered_late - facts.lost - facts.at_risk)


def _delays(facts: Facts) -> str:
    half, most, longest = facts.late_p50_seconds, facts.late_p90_seconds, facts.late_max_seconds
    if half is None or most is None or longest is None:
        return ""
    if facts.delivered_late < _MANY_LATE:
        return f" (the longest after {delay(longest)})"
    return f" (half within {delay(half)}, nine in ten within {delay(most)}, the longest {delay(longest)})"


def _successes(facts: Facts) -> list[str]:
    if facts.kind == "silence":
        return [f"The last delivery there came on {when(facts.last_success)}"] if facts.last_success else []
    if facts.attempts == 0:
        return []
    last = f", the last one on {when(facts.last_success)}" if facts.last_success else ""
    if facts.successes_since:
        both = f", to {count(facts.recipients_succeeding, 'recipient')} that failed as well"
        people = both if facts.recipients_succeeding else ""
        # Of what is over, the last delivery came after it.
        still = last if facts.ended_at is None else ""
        return [f"{count(facts.successes_since, 'delivery')} succeeded there while it lasted{people}{still}"]
    if facts.successes_before:
        newest = last if facts.ended_at is None else _newest(facts)
        return [f"No delivery succeeded there while it lasted; before, {facts.successes_before:,} had{newest}"]
    return _by_domain(facts)


def _newest(facts: Facts) -> str:
    return f"; the newest on record is of {when(facts.last_success)}" if facts.last_success else ""


def _by_domain(facts: Facts) -> list[str]:
    """Where deliveries are logged without a server, as in a message trace, those to the same domains stand for it."""
    told = around(facts)
    if not (told.domain_before or told.domain_since):
        return ["No delivery there is on record, before it or since"]
    last = f", the last one on {when(told.domain_last)}" if told.domain_last else ""
    before = f"{count(told.domain_before, 'delivery')} to its domains came before{last}"
    return [f"{before}, {told.domain_since:,} since; the data name no server for them"]


def _where(facts: Facts) -> list[str]:
    told = [f"The server there is run by {facts.partner}, a partner"] if facts.partner else []
    if facts.scope == "connector" and facts.destinations:
        told.append(f"It runs over {count(len(facts.destinations), 'destination')}: {_some(facts.destinations)}")
    if facts.scope == "destination" and facts.connectors:
        told.append(f"It runs over {count(len(facts.connectors), 'connector')}: {_some(facts.connectors)}")
    if facts.scope == "all":
        over = f"{count(len(facts.connectors), 'connector')} and " if facts.connectors else ""
        names = f": {_some(facts.destinations)}" if facts.destinations else ""
        told.append(f"It runs over {over}{count(len(facts.destinations), 'destination')}{names}")
    if facts.scope == "remote_ip":
        if len(around(facts).addresses) < _SEVERAL:
            told.append(f"Only the address {facts.remote_ip} fails; others that mail goes to there deliver meanwhile")
    elif facts.remote_ips:
        told.append(f"Addresses that failed: {_some(facts.remote_ips)}")
    total = sum(number for _, number in facts.causes)
    if total and len(facts.causes) > 1:
        shares = [
            f"{phrases.cause(cause)} {f'{number / total:.0%}'.replace('%', ' %')}"
            for cause, number in facts.causes[:_SHOWN]
        ]
        told.append(f"Causes: {', '.join(shares)}")
    return told


def _some(values: tuple[str, ...]) -> str:
    more = f" and {len(values) - _SHOWN:,} more" if len(values) > _SHOWN else ""
    return f"{', '.join(values[:_SHOWN])}{more}"


def _changes(facts: Facts) -> list[Change]:
    """Of each kind of change the nearest: earlier steps of a migration say no more than the last."""
    near = [change for change in facts.changes if phrases.begun(facts) - change.time <= AFTER_CHANGE]
    return list({change.kind: change for change in reversed(near)}.values())[::-1]


def _change(facts: Facts, change: Change) -> str:
    note = f" ({change.note})" if change.note else ""
    return f"It began {phrases.after(facts, change)}{note}"


def actions(facts: Facts, steps: tuple[str, ...], now: datetime) -> list[str]:
    """What to do, in order. Never without the clock where mail is still queued."""
    told = [*steps]
    again = f"Ask the senders to send again what was lost ({facts.lost:,})"
    if facts.ended_at is not None and facts.kind != "silence":
        told.insert(0, f"It ended on {when(facts.last_failure or facts.ended_at)}{_left(facts, again)}")
    elif facts.lost:
        told.append(f"{again}, once it is mended.")
    if facts.at_risk and facts.next_expiry is not None and facts.next_expiry > now:
        left = facts.next_expiry - now
        within = "the hour" if left < timedelta(hours=1) else phrases.span(left)
        told.insert(
            0,
            f"Act within {within}: {facts.at_risk:,} still queued, the first is returned on {when(facts.next_expiry)}.",
        )
    return told


def _left(facts: Facts, again: str) -> str:
    """What has to be done although it is over: the end of the first step."""
    later = "The other steps are for when it comes back."
    if facts.cause in _STAYS:
        sent = f" {again}." if facts.lost else ""
        return f", but what caused it may still be there: take the steps all the same.{sent}"
    if facts.lost:
        return f". {again}. {later}"
    if facts.messages and _unknown(facts) == facts.messages:
        return (
            ", or the data do: they do not tell what became of its mail. See `mailtrend ask data-warnings`, and ingest "
            f"the exports of the hours after it. {later}"
        )
    return f": nothing has to be done now. {later}"
