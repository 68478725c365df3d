"""What the knowledge book says of a code, and what a reading of an incident consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Words(Protocol):
    """What the knowledge book says of a code: knowledge.Verdict has these and more."""

    @property
    def owner(self) -> str:
        """Who has to act (contracts.OWNERS)."""

    @property
    def title(self) -> str:
        """Short name of the code."""

    @property
    def meaning(self) -> str:
        """What it says, in one or two sentences."""

    @property
    def steps(self) -> tuple[str, ...]:
        """What to do, in order."""

    @property
    def steps_migrated(self) -> tuple[str, ...]:
        """What to do instead if the server was switched off after a migration; empty where that cannot be."""

    @property
    def ask(self) -> str:
        """What to ask a partner for; empty where a partner can do nothing."""

    @property
    def owner_depends_on(self) -> str:
        """What would settle an owner that is undetermined."""


class Book(Protocol):
    """knowledge.verdict is one."""

    def __call__(
        self, status_code: str | None, cause: str | None, owner_kind: str, connector: str | None,
        destination: str | None, *, domain: str | None, address: str | None, direction: str | None,
    ) -> Words:  # fmt: skip
        """What a failure means at that place, and who has to act."""


@dataclass(frozen=True)
class Reading:
    """One reading of the facts: who has to act, what it looks like, how sure that is (0 to 1), and what to do."""

    owner: str
    diagnosis: str
    confidence: float
    evidence: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    title: str = ""
    """What the code means, in short."""
    ask: str = ""
    """What to ask a partner for."""
