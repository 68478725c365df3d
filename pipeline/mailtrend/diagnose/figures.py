"""What is known of one connector around a change: the figures on which `mailtrend verify` judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailtrend.diagnose.traffic import Traffic


@dataclass(frozen=True)
class Tally:
    """Messages tried at a place after the change, and those of them that met one kind of failure.

    A message is one recipient's, and counts once however often it was tried. One that is new has met a failure if any
    attempt did; one that waited already only if its last attempt did, for that it failed before is the old fault.
    """

    attempts: int = 0
    """Distinct messages that were tried."""
    failures: int = 0
    """Distinct messages of these that met it."""
    since_last: int = 0
    """Messages that were tried after the last of these failures."""
    first: datetime | None = None
    last: datetime | None = None
    before: float | None = None
    """Share of messages that met it before the change; None where nothing was tried then."""
    fresh: int | None = None
    """Of `attempts`, those that were first tried after the change; all of them unless told."""
    fresh_failures: int | None = None

    @property
    def new(self) -> tuple[int, int]:
        """New messages that were tried, and those of them that met it."""
        tried = self.attempts if self.fresh is None else self.fresh
        return tried, self.failures if self.fresh_failures is None else self.fresh_failures

    @property
    def share(self) -> float | None:
        """Share of messages that met it; None where nothing was tried."""
        return self.failures / self.attempts if self.attempts else None


@dataclass(frozen=True)
class Other:
    """A code that is not the one which was to go; NULL where the failures carry none, only a cause."""

    status_code: str | None
    cause: str | None
    """Its main cause."""
    tally: Tally

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        return self.status_code or (self.cause or "unclassified").replace("_", " ")


@dataclass(frozen=True)
class Backlog:
    """What became of the messages that this fault kept in the queue when the change was made."""

    waiting: int = 0
    """So many waited at the change."""
    delivered: int = 0
    """Of these, through since."""
    lost: int = 0
    """Of these, returned or given up since."""
    still: int = 0
    """Of these, still in the queue at the end of the data."""
    unaccounted: int = 0
    """Of these, how many must have left the queue by now without that any source says how."""
    queued: int = 0
    """Messages with this fault in the queue at the end of the data; `queued_all`: with whatever code."""
    queued_all: int = 0
    next_expiry: datetime | None = None
    next_expiry_all: datetime | None = None


@dataclass(frozen=True)
class Elsewhere:
    """Mail to the domains that failed, over another connector since the change; None where it has none."""

    connector: str | None
    delivered: int
    failed: int


@dataclass(frozen=True)
class Figures:
    """What is known of one connector around a change. Times are UTC without a zone.

    Counts are of the time from `judged_from` up to `until`, unless they say otherwise, and without mail that was given
    up for what happened earlier (`returned_late`). Messages are counted, one for each recipient, not attempts.
    """

    connector: str
    code: str | None
    since: datetime
    judged_from: datetime
    until: datetime | None
    """Up to when the data of this connector's sources reach; None where there are none."""
    cause: str | None = None
    """The main cause of what was to go."""
    destination: str | None = None
    fault: Tally = Tally()
    places: tuple[tuple[str, Tally], ...] = ()
    """The same for each destination where it still fails."""
    delivered: int = 0
    """Messages that were delivered."""
    tries: int = 0
    """Attempts behind these figures; `failed_tries`: those that failed with the fault."""
    failed_tries: int = 0
    others: tuple[Other, ...] = ()
    returned_late: int = 0
    before: int = 0
    """Messages tried in the time before the change that is held against the time after it."""
    failures_before: int = 0
    before_from: datetime | None = None
    last_before: datetime | None = None
    """When the fault was last met before the change."""
    between: int = 0
    """Messages tried in the time that a change takes to reach all servers; these are not judged."""
    failures_between: int = 0
    backlog: Backlog = Backlog()
    traffic: Traffic = field(default_factory=Traffic)
    """New messages in each hour of data before the change."""
    covered: tuple[datetime, ...] = ()
    """Hours since `judged_from` in which the sources of this connector tell of anything."""
    lent: bool = False
    """Deliveries are told by a source that names no connector, and were found by the recipients' domains."""
    pending: int = 0
    """Where they are lent: messages to these domains that have not arrived."""
    disabled: bool = False
    elsewhere: tuple[Elsewhere, ...] = ()
    """Where the mail to the domains that failed goes now; looked up where nothing is tried here any more."""

    @property
    def name(self) -> str:
        """What was to go, as a sentence calls it."""
        return self.code or (self.cause or "any failure").replace("_", " ")

    @property
    def usual(self) -> float:
        """New messages that would have come in the hours since `judged_from` that data cover, if as before."""
        return sum(self.traffic.at(hour) for hour in self.covered)

    @property
    def length(self) -> timedelta:
        """How long the time is that is judged."""
        return max((self.until or self.judged_from) - self.judged_from, timedelta(0))
