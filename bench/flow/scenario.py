"""One scenario: what happened, told in words, in troubles, and in the incidents that have to come of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flow.places import DOMAINS, END, Way, connectors, usual
from flow.troubles import Trouble
from flow.truth import Sight

Change = tuple[str, str, str, str]
"""Time (ISO, Z), kind, subject, note: a line of changes.csv."""


@dataclass(frozen=True)
class Expected:
    """One incident that has to be found; what only knowledge of mail can say is said here, figures come from the mail.

    Where several values are right, all are given. An empty connector or destination means that there must be none.
    """

    name: str
    status_code: str
    connector: str
    destination: str
    scope: tuple[str, ...]
    kind: tuple[str, ...]
    owner: tuple[str, ...]
    cause: tuple[str, ...]
    severity: tuple[str, ...]
    first_action: tuple[str, ...]
    """One of these words has to stand in the first step that is about mending."""
    advised: tuple[str, ...] = ()
    """Words that have to stand in some step."""
    not_advised: tuple[str, ...] = ()
    """Words that may stand in a step only where it says not to."""
    says: tuple[str, ...] = ()
    """Words that have to stand in diagnosis or evidence."""
    status_codes: tuple[str, ...] = ()
    """Codes that have to be among those of the incident."""
    remote_ip: str = ""
    over: bool = True
    start_within: float = 1.0
    end_within: float = 2.0
    """Hours by which start and end may differ from the first and after the last failure."""
    ended: int = 0
    """When it ended, where that is not after its last failure that can be seen."""
    slack: float = 0.0
    """Share by which counts may differ: only where an incident has no sharp edges."""
    silent_since: int = 0
    """For a silence: when it begins."""


@dataclass(frozen=True)
class Scenario:
    """One tenant's mail from `start` to `end`, and what is exported of it."""

    name: str
    story: str
    start: int
    ways: tuple[Way, ...] = field(default_factory=usual)
    troubles: tuple[Trouble, ...] = ()
    expected: tuple[Expected, ...] = ()
    changes: tuple[Change, ...] = ()
    connectors: tuple[tuple[str, ...], ...] = field(default_factory=connectors)
    domains: tuple[tuple[str, ...], ...] = DOMAINS
    extended: tuple[Sight, ...] = ()
    """Extended reports; one over everything unless given."""
    traces: tuple[Sight, ...] = ()
    details: tuple[Sight, ...] = ()
    """Exports of message events of the mail that had trouble, instead of Extended reports."""
    receive_logs: bool = False
    """Are the SMTP receive logs of the tenant's own server at hand?"""
    tracking_logs: bool = False
    """Are its message tracking logs?"""
    end: int = END
    """When the last export ran."""

    @property
    def reports(self) -> tuple[Sight, ...]:
        """The Extended reports."""
        return self.extended or (() if self.details else (Sight(self.start, self.end, self.end),))

    @property
    def exports(self) -> tuple[Sight, ...]:
        """The message traces."""
        return self.traces or (Sight(self.start, self.end, self.end),)
