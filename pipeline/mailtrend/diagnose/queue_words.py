"""What became of mail that waited at a change, and where mail goes once nothing is tried any more, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from mailtrend.diagnose.figures import Elsewhere, Figures
from mailtrend.diagnose.phrases import count, joined, when
from mailtrend.diagnose.verification import Judgement

_SHOWN: Final = 3
_ANY_CODE: Final = frozenset({"replaced", "untried", "data", "silent", "nowhere"})


def queue(told: Figures, found: Judgement) -> tuple[int, datetime | None]:
    """What waits, and when the first is lost: with the fault, or with any code where another one took over."""
    if found.why in _ANY_CODE:
        return told.backlog.queued_all, told.backlog.next_expiry_all
    return told.backlog.queued, told.backlog.next_expiry


def backlog(told: Figures, found: Judgement) -> list[str]:
    """What waited when the change was made and what became of it, and what waits now, with its clock."""
    said = []
    waited = told.backlog
    if waited.waiting and found.why != "data":
        fates = [
            f"{number:,} {fate}"
            for number, fate in (
                (waited.lost, "came back or were given up"),
                (waited.still, "still wait"),
                (waited.unaccounted, "left the queue without any data saying how"),
            )
            if number
        ]
        said.append(
            f"Of {count(waited.waiting, 'message')} that waited at the change, "
            f"{joined([f'{waited.delivered:,} got through since', *fates])}."
        )
    queued, expiry = queue(told, found)
    if queued and told.until is not None:
        lost = f", and the first is returned on {when(expiry)} unless it is delivered before" if expiry else ""
        said.append(f"{count(queued, 'message')} still in the queue on {when(told.until)}{lost}.")
    return said


def elsewhere(told: Figures) -> list[str]:
    """Nothing is tried any more: for how long, what would be usual, and where this mail goes now."""
    hours = count(len(told.covered), "hour")
    off = "The connector is disabled: n" if told.disabled else "N"
    place = f"{told.connector} to {told.destination}" if told.destination else told.connector
    said = (
        f"{off}othing is tried over {place} any more and nothing waits there: no attempt in {hours} of data "
        f"since {when(told.judged_from)}, where about {told.usual:,.0f} messages would be usual."
    )
    through = [_over(other) for other in told.elsewhere[:_SHOWN]]
    if any(other.delivered for other in told.elsewhere):
        return [said, f"It is fixed by switching off: mail to the domains that failed goes {joined(through)} now."]
    if through:
        return [said, f"But mail to the domains that failed is not delivered elsewhere either: {joined(through)}."]
    return [
        said,
        "That is right if it was switched off on purpose. No mail to the domains that failed is on record over any "
        "other connector since: look where it goes now.",
    ]


def _over(other: Elsewhere) -> str:
    way = f"over {other.connector}" if other.connector else "its way without a connector"
    return f"{way} ({other.delivered:,} delivered{f', {other.failed:,} failed' if other.failed else ''})"
