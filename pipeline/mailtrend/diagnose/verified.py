"""What `mailtrend verify` says: the verdict on a fix, its reason in words, and every number behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailtrend.diagnose import verdict_words
from mailtrend.diagnose.figures import Figures
from mailtrend.diagnose.verification import Judgement, Verdict, gone_chance, judge, missing, wait_until


@dataclass(frozen=True)
class Verification:
    """What `mailtrend verify` says."""

    figures: Figures
    judgement: Judgement
    reason: str
    wait_until: datetime | None
    """Up to when data are needed to tell; None unless it is too early."""

    @property
    def verdict(self) -> Verdict:
        """fixed, not fixed, too early, or replaced by another code."""
        return self.judgement.verdict

    def to_dict(self) -> dict[str, Any]:
        """The keys of `mailtrend verify --format json`; counts are of messages, one a recipient, unless of attempts.

        Chances lie between 0 and 1; times are UTC without a zone.
        """
        told = self.figures
        fault, backlog = told.fault, told.backlog
        fresh, fresh_failures = fault.new
        queued, expiry = verdict_words.queue(told, self.judgement)
        return {
            "verdict": self.verdict, "confidence": _rounded(self.judgement.confidence), "reason": self.reason,
            "connector": told.connector, "destination": told.destination, "code": told.code, "cause": told.cause,
            "since": told.since, "judged_from": told.judged_from, "until": told.until,
            "attempts": told.tries, "failed_attempts": told.failed_tries,
            "messages": fault.attempts, "delivered": told.delivered, "failures": fault.failures,
            "new_messages": fresh, "new_failures": fresh_failures,
            "last_failure": fault.last, "messages_since_last_failure": fault.since_last,
            "failure_rate": fault.share, "failure_rate_before": fault.before,
            "chance_gone": _rounded(gone_chance(fault)),
            "messages_before": told.before, "failures_before": told.failures_before, "before_from": told.before_from,
            "messages_usual": round(told.usual, 1),
            "messages_while_spreading": told.between, "failures_while_spreading": told.failures_between,
            "other_failures": [
                {"status_code": other.status_code, "cause": other.cause, "failures": other.tally.failures,
                 "since": other.tally.first}
                for other in told.others
            ],
            "elsewhere": [
                {"connector": other.connector, "delivered": other.delivered, "failed": other.failed}
                for other in told.elsewhere
            ],
            "returned_late": told.returned_late, "queued_at_change": backlog.waiting,
            "queued_delivered_since": backlog.delivered, "queued_lost_since": backlog.lost,
            "queued_still": backlog.still, "queued_unaccounted": backlog.unaccounted, "queued": queued,
            "next_expiry": expiry,
            "messages_missing": missing(told) if self.verdict == "too early" and self.judgement.why == "few" else None,
            "wait_until": self.wait_until,
        }  # fmt: skip


def verify(told: Figures) -> Verification:
    """Judge, and say why."""
    found = judge(told)
    later = wait_until(told) if found.verdict == "too early" else None
    return Verification(told, found, " ".join(verdict_words.sentences(told, found, later)), later)


def _rounded(chance: float | None) -> float | None:
    """Nobody is as sure as the numbers alone: they know nothing of what they do not see."""
    return None if chance is None else round(min(chance, 0.999), 3)
