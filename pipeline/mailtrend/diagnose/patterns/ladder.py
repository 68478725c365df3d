"""A fault that changes its face: refused, then TLS, then the certificate, then fine. What was mended, what is left."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts, Rung
from mailtrend.diagnose.patterns.forming import Clue, Judged, gist, got, reading
from mailtrend.diagnose.words import Reading, Words

STAGES: Final[tuple[tuple[str, ...], ...]] = (
    ("dns_no_such_domain", "dns_server_failure", "dns_no_records", "dnssec_invalid"),
    ("connection_timed_out", "connection_refused", "network_unreachable"),
    ("connection_reset", "service_unavailable"),
    ("starttls_not_offered", "tls_negotiation_failed"),
    ("certificate_expired", "certificate_name_mismatch", "certificate_untrusted", "certificate_revoked",
     "certificate_invalid", "mta_sts_policy", "dane_tlsa_invalid"),
)  # fmt: skip
"""How far a session comes, first to last; any other cause comes after them, where mail is spoken."""
MENDED: Final = (
    "the name is found", "the connection opens", "the service answers", "TLS is agreed upon", "the certificate passes"
)  # fmt: skip
SIDE_BY_SIDE: Final = timedelta(hours=2)


def applies(facts: Facts) -> bool:
    """Did it go through several codes, one after another?"""
    return facts.kind != "silence" and len(facts.rungs) > 1


def now(facts: Facts) -> Rung | None:
    """The rung it stands on, or stood on last; None where it has none."""
    return facts.rungs[-1] if applies(facts) else None


def read(facts: Facts, words: Words) -> Reading:
    """The story, rung by rung; `words` are those of the last one, which is what is left to do.

    Surer with every step that comes further into the session: somebody is mending it. Less sure where codes go back,
    or stand side by side for hours, as with several servers behind one name.
    """
    steps = [_stage(rung) for rung in facts.rungs]
    clues = [Clue(0.0, f"Step by step: {'; '.join(_told(rung) for rung in facts.rungs)}")]
    forward = sum(later > earlier for earlier, later in pairwise(steps))
    back = sum(later < earlier for earlier, later in pairwise(steps))
    if forward:
        clues.append(Clue(0.1 * min(forward, 2), f"{_done(steps)} in the meantime"))
    if back:
        clues.append(Clue(-0.1, "A later code means that a session got less far than before"))
    if _side_by_side(facts):
        clues.append(Clue(-0.1, "Its codes came side by side for hours, as with several servers behind one name"))
    head = f"A fault with {len(steps)} codes one after another {phrases.place(facts)}, {phrases.lasting(facts)}"
    return reading(facts, words, Judged(words.owner, _says(facts, words, steps), clues, head=head))


def _says(facts: Facts, words: Words, steps: list[int]) -> str:
    names = ", then ".join(_name(rung) for rung in facts.rungs)
    if facts.ended_at is not None:
        # What is lost and what comes back is told with the steps.
        fine = facts.last_success is not None and facts.last_success >= (facts.last_failure or facts.ended_at)
        return f"It went {names}, then {'fine' if fine else 'quiet'}."
    done = _done(steps)
    mended = f"{done} now. " if done and steps[-1] == max(steps) else ""
    return f"It went {names}{got(facts)}. {mended}What is left is the last of them. {gist(words)}".rstrip()


def _done(steps: list[int]) -> str:
    """What works at the last rung and did not at the first."""
    done = [MENDED[stage] for stage in sorted(set(steps)) if stage < steps[-1]]
    text = phrases.joined(done)
    return f"{text[0].upper()}{text[1:]}" if text else ""


def _stage(rung: Rung) -> int:
    return next((at for at, causes in enumerate(STAGES) if rung.cause in causes), len(STAGES))


def _name(rung: Rung) -> str:
    cause = phrases.cause(rung.cause)
    return f"{rung.status_code} ({cause})" if rung.status_code and cause else rung.status_code or cause or "no code"


def _told(rung: Rung) -> str:
    return f"{_name(rung)} from {phrases.when(rung.started_at)}, {phrases.count(rung.failures, 'failure')}"


def _side_by_side(facts: Facts) -> bool:
    return any(
        earlier.ended_at is None or earlier.ended_at - later.started_at > SIDE_BY_SIDE
        for earlier, later in pairwise(facts.rungs)
    )
