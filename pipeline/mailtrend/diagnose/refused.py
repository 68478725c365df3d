"""No connection to one's own server: switched off after the migration, or behind a firewall?"""

from __future__ import annotations

from typing import Final, NamedTuple

from mailtrend.diagnose import firewall, interlock, phrases, switched_off
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.signs import Sign, score, told
from mailtrend.diagnose.switched_off import migration
from mailtrend.diagnose.words import Words

CODES: Final = frozenset({"4.4.316", "5.4.316"})
UNANSWERED: Final = frozenset({"connection_timed_out", "network_unreachable"})
_EVEN: Final = 0.5
WALL: Final = (
    "this looks like a firewall that refuses Microsoft 365's addresses, or a stopped SMTP service. Let Microsoft 365's "
    "addresses through to port 25 and see that the SMTP service runs; check again after an hour"
)
SURE: Final = 0.9
"""Below this it is said what would settle the question."""


class Candidate(NamedTuple):
    """One of the two readings: score 0 to 1, and one sentence with what speaks for it and against it."""

    score: float
    owner: str
    diagnosis: str
    argument: str
    actions: tuple[str, ...]


def applies(facts: Facts) -> bool:
    """Is it a refused connection to a server of one's own, or one that may be?

    A host that is gone altogether does not even refuse: time-outs count where a migration says that it was given up.
    """
    named = facts.connector is not None or facts.owner_kind == "own"
    if not named or facts.owner_kind not in {"own", "undetermined"}:
        return False
    if facts.status_code in CODES or facts.cause == "connection_refused":
        return True
    return facts.kind != "silence" and facts.cause in UNANSWERED and _given_up(facts)


def _given_up(facts: Facts) -> bool:
    signs = all_signs(facts)
    finished = any(sign.name.startswith("migration_finished") for sign in signs)
    return finished and score(signs) > _EVEN


def readings(facts: Facts, words: Words) -> tuple[Candidate, Candidate]:
    """The switched-off reading and the firewall reading, their scores adding up to 1; `words` say what to do.

    What speaks for one speaks against the other; diagnose/signs.py has the weights.
    """
    signs = all_signs(facts)
    off = round(score(signs), 2)
    fors = told([sign for sign in signs if sign.weight > 0])
    againsts = told([sign for sign in signs if sign.weight < 0])
    head = _head(facts, words)
    found = firewall.finding(facts)
    owner = (found[0] if found else "network") if facts.owner_kind == "own" else "undetermined"
    return (
        Candidate(
            off, "your_organization", _off_sentence(facts, head),
            _argument("a switched-off on-premises system", off, fors), _off_actions(facts, words),
        ),
        Candidate(
            1 - off, owner, f"{head}{_wall_sentence(facts, found[1] if found else None)}",
            _argument("a firewall or a stopped SMTP service", 1 - off, againsts),
            _wall_actions(facts, words.steps, signs),
        ),
    )  # fmt: skip


def all_signs(facts: Facts) -> list[Sign]:
    """Everything seen that bears on the question."""
    return [*switched_off.signs(facts), *firewall.signs(facts)]


def _head(facts: Facts, words: Words) -> str:
    change = migration(facts) or next((each for each in facts.changes if each.matches), None)
    after = f", {phrases.after(facts, change)}" if change is not None else ""
    return f"{phrases.what(facts, words.title)} {phrases.place(facts)}, {phrases.lasting(facts)}{after}"


def _argument(name: str, number: float, fors: str) -> str:
    """What speaks for a reading; what speaks for the other one speaks against it."""
    return f"Reading '{name}' ({number:.2f}). For it: {fors}"


def _off_sentence(facts: Facts, head: str) -> str:
    since = "hardly a delivery" if facts.successes_since else "no delivery"
    seen = f"{head}; {since} has succeeded there since: this looks like the switched-off on-premises system"
    there = interlock.live(facts)
    if there:
        people = phrases.count(len(there), "recipient")
        return f"{seen}, but {people} had mail on-premises since: move them before the connector is disabled"
    return f"{seen}. Disable the connector and make the accepted domain Authoritative; check again after an hour"


def _off_actions(facts: Facts, words: Words) -> tuple[str, ...]:
    """A mailbox in use stops it all; else whoever was reached lately is asked about once it is seen that nobody is."""
    warned = interlock.before_switching_off(facts)
    steps = words.steps_migrated or words.steps
    stop = 1 if interlock.live(facts) and warned else 0
    return (*warned[:stop], *steps[:1], *warned[stop:], *steps[1:])


def _wall_sentence(facts: Facts, found: str | None) -> str:
    if facts.ended_at is not None:
        return (
            "; it is over: this looked like a firewall that refused Microsoft 365's addresses, "
            "or a stopped SMTP service, since put right"
        )
    wall = WALL
    if found:
        wall = f"{found}; check again after an hour"
    if facts.successes_since:
        seen = (
            f"{phrases.count(facts.successes_since, 'delivery')} succeeded there since, so the server is still in use"
        )
        return f"; {seen}: {wall}. Do not disable the connector while mail still gets through"
    if interlock.live(facts):
        return (
            f"; no delivery has succeeded there since: {wall}. "
            "Do not disable the connector while mailboxes there are in use"
        )
    return f"; no delivery has succeeded there since: {wall}"


def _wall_actions(facts: Facts, steps: tuple[str, ...], signs: list[Sign]) -> tuple[str, ...]:
    if facts.owner_kind != "own" or switched_off.still_delivers(facts):
        return steps
    hint = (
        "If this server was switched off for good, name the migration in changes.csv: then the advice is another one."
    )
    named = any(sign.name.startswith("migration_finished") for sign in signs)
    return steps if named or interlock.live(facts) else (*steps, hint)


def evidence(facts: Facts, best: float) -> list[str]:
    """Beside the two readings: mailboxes behind the connector, the quota, and what would settle a close call.

    best: the score of the better reading.
    """
    if facts.ended_at is not None:
        return []
    found = interlock.evidence(facts)
    relayed = any(kind != "Authoritative" for _, kind in facts.accepted)
    if relayed and facts.owner_kind == "own" and (interlock.leftovers(facts) or score(all_signs(facts)) > _EVEN):
        found.append(interlock.quota(facts))
    wanted = _settles(facts)
    if best < SURE and wanted:
        found.append(f"What would settle it: {'; '.join(wanted)}")
    return found


def _settles(facts: Facts) -> list[str]:
    wanted = []
    sides = facts.behind.sides if facts.behind is not None else None
    if sides is None or sides.known_by == "none" or not (firewall.runs(sides) or firewall.logs_end(facts, sides)):
        host = facts.destination or "the server"
        begun = phrases.when(phrases.begun(facts))
        wanted.append(
            f"the SMTP receive and message tracking logs of {host} from {begun} on, with a day before it "
            "(`mailtrend ask which-side-saw-what` then shows each message from both sides)"
        )
    if not any(change.kind == "migration" for change in facts.changes):
        wanted.append("whether and when a migration was finished, in changes.csv")
    if not facts.accepted:
        wanted.append("the export of accepted domains")
    return wanted
