"""Tenants of one lake, each with a change of its own to verify: events counted by hand, before it and since."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from support.lakes import event
from support.smallweek import DETAIL, EXTENDED, SEND, TRACE

T = datetime(2026, 11, 2, 12)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NAME, BRANCH = "To on-premises", "Branch office"
HOST, SECOND = "mail.contoso.com", "mail2.contoso.com"
WAITING = 20
Events = list[dict[str, Any]]


def mail(at: datetime, message: str, outcome: str, code: str | None = None, **columns: Any) -> dict[str, Any]:
    """One event of a message of its own, over the connector unless told otherwise."""
    to = f"{message}@contoso.com"
    known = {
        "source": DETAIL, "event": outcome, "direction": "outbound", "connector": NAME, "destination": HOST,
        "sender": "anna@fabrikam.com", "sender_domain": "fabrikam.com", "recipient": to, "recipient_domain": "contoso.com",
        "network_message_id": message, "message_id": f"{message}@fabrikam.com", "status_code": code,
    }  # fmt: skip
    causes = {"4": "connection_refused", "5": "connection_refused"}
    return event(at, outcome=outcome, **(known | {"cause": causes.get((code or " ")[0])} | columns))


def before() -> Events:
    """Twenty messages, one an hour up to the change, each refused once: all of them wait when the change is made."""
    return [mail(T - (WAITING - at) * HOUR, f"old{at}", "deferred", "4.4.316") for at in range(WAITING)]


def waited(
    outcome: str, code: str | None = None, at: timedelta = 70 * MINUTE, only: int = WAITING, **columns: Any
) -> Events:
    """What becomes of the messages that waited, so long after the change."""
    return [mail(T + at, f"old{number}", outcome, code, **columns) for number in range(only)]


def fresh(count: int, outcome: str, code: str | None = None, start: timedelta = 90 * MINUTE, **columns: Any) -> Events:
    """So many new messages, ten minutes apart from an hour and a half after the change on."""
    name = f"{outcome}{code or ''}{start}{columns.get('destination', '')}".replace(" ", "")
    return [mail(T + start + at * 10 * MINUTE, f"{name}{at}", outcome, code, **columns) for at in range(count)]


def elsewhere(hours: int) -> Events:
    """A message an hour over another connector, told by the same source."""
    branch = {"connector": BRANCH, "destination": "smtp.branch.contoso.com", "recipient_domain": "branch.contoso.com"}
    return [mail(T + at * HOUR, f"other{at}", "delivered", **branch, recipient=f"other{at}@branch.contoso.com")
            for at in range(-WAITING, hours)]  # fmt: skip


def again(events: Events, after: timedelta, outcome: str, code: str | None = None, **columns: Any) -> Events:
    """The same messages, tried once more so long after."""
    changed = {"outcome": outcome, "status_code": code, "cause": "connection_refused" if code else None, **columns}
    return [row | {"event_time": row["event_time"] + after, **changed} for row in events]


def connects() -> Events:
    """Failed connections of a server's own, an hour each, before any message was named."""
    bare = dict.fromkeys(("recipient", "recipient_domain", "sender", "network_message_id", "message_id"))
    return [
        mail(T + at * HOUR, "s", "deferred", **bare, source=SEND, queue_id=f"S{at}", server="ex1.contoso.com",
             cause="connection_timed_out")
        for at in range(-20, 5)
    ]  # fmt: skip


OPENED = [*before(), mail(T + 30 * MINUTE, "old3", "deferred", "4.4.316"), *waited("delivered"), *fresh(4, "delivered")]
REROUTED = {"connector": None, "destination": None}
LATE = fresh(6, "received", connector=None, event="Receive")
BEGUN = fresh(6, "deferred", "4.4.316")
LAKE: dict[str, Events] = {
    "opened": OPENED,
    "spread": before() + waited("deferred", "4.4.316", 30 * MINUTE, only=4),
    "off": before() + waited("delivered", None, 2 * HOUR, **REROUTED) + elsewhere(12),
    "off and lost": before() + waited("failed", "5.1.1", 2 * HOUR, **REROUTED) + elsewhere(12),
    "ends": before(),
    "lost sight": before() + elsewhere(30),
    "one waits": before() + waited("delivered", None, 2 * HOUR, only=WAITING - 1, **REROUTED) + elsewhere(3),
    "two hosts": before() + fresh(20, "delivered") + fresh(8, "deferred", "4.4.316", destination=SECOND),
    "halfway": before() + fresh(12, "deferred", "4.4.317", cause="starttls_not_offered"),
    "backwards": before() + fresh(12, "deferred", "4.4.312", cause="dns_no_records"),
    "few": before() + fresh(3, "delivered"),
    "returned": before() + again(before(), 24 * HOUR, "expired", "5.4.316") + fresh(8, "delivered"),
    "began 20": before() + LATE + again(LATE, 20 * HOUR, "expired", "5.4.316", connector=NAME, event="Fail"),
    "began 24": before() + LATE + again(LATE, 24 * HOUR, "expired", "5.4.316", connector=NAME, event="Fail"),
    "unseen": before() + fresh(8, "delivered") + [
        mail(T + at * HOUR, f"lost{at}", "failed", "5.4.316", source=EXTENDED) for at in range(2, 8)],
    "unsaid": before() + BEGUN + again(BEGUN, 24 * HOUR, "expired", "4.4.7", cause="message_expired"),
    "trace": before() + fresh(9, "delivered", source=TRACE, **REROUTED),
    "trace pending": before() + fresh(9, "delivered", source=TRACE, **REROUTED)
    + fresh(9, "pending", source=TRACE, start=95 * MINUTE, **REROUTED),
    "connects": connects(),
    "retried": before() + [row for at in range(1, 9) for row in again(BEGUN, at * HOUR, "deferred", "4.4.316")] + BEGUN,
    "old still fail": before() + waited("deferred", "4.4.316", 3 * HOUR, only=9) + fresh(20, "delivered"),
    "only old": before() + waited("deferred", "4.4.316", 3 * HOUR, only=9),
    "failed first": before() + BEGUN + again(BEGUN, 2 * HOUR, "delivered") + fresh(2, "delivered", start=9 * HOUR),
    "quiet": fresh(8, "delivered", start=-20 * HOUR) + fresh(8, "delivered"),
    "short": fresh(60, "delivered", start=-30 * HOUR) + [
        mail(T - 2 * HOUR + at * 10 * MINUTE, f"out{at}", "deferred", "4.4.316") for at in range(6)]
    + fresh(6, "delivered"),
    "over before": before() + fresh(36, "delivered", start=8 * HOUR) + fresh(60, "delivered", start=21 * HOUR),
    "going": before() + fresh(8, "deferred", "4.4.316"),
    "fabrikam": before() + fresh(8, "delivered"),
    "export only": elsewhere(4),
}  # fmt: skip
"""What happened to each tenant; all of them have a connector of the same name."""
