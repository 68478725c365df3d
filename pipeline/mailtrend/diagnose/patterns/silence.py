"""No mail any more where there was some: moved to another route, switched off, or missing from the exports."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.forming import LEAST, MOST, Clue, Judged, evidence, filled
from mailtrend.diagnose.patterns.near import alive, change_of, changed, others
from mailtrend.diagnose.surroundings import Route, around
from mailtrend.diagnose.words import Reading, Words

START: Final = 0.4
"""Silence shows no code, so less is known than of a failure."""
MOVED: Final = 2
"""Times the deliveries of before that another route has to have since."""


def applies(facts: Facts) -> bool:
    """Is it a silence?"""
    return facts.kind == "silence"


def read(facts: Facts, words: Words) -> Reading:
    """Everything silent: the exports. Mail by another route: nobody has to act. Switched off: see whether on purpose.

    Surer with: deliveries to its domains elsewhere since, a change before it, other connectors alive or all dead.
    """
    judged = _judged(facts)
    manner = "" if facts.ended_at is not None else ", though data covers these hours"
    diagnosis = f"{phrases.what(facts, words.title)} {phrases.place(facts)}, {phrases.lasting(facts)}{manner}: "
    sure = min(MOST, max(LEAST, START + sum(clue.weight for clue in judged.clues)))
    actions = filled(facts, judged.steps or ())
    return Reading(judged.owner, diagnosis + judged.says, round(sure, 2), evidence(judged.clues), actions)


def _judged(facts: Facts) -> Judged:
    told = around(facts)
    if alive(told.tenant_attempts, told.tenant_usual) is False:
        count = (
            f"{told.tenant_attempts:,} attempts of the whole tenant in that time, {told.tenant_usual:,.0f} are usual"
        )
        clues = [Clue(0.3, count)]
        says = (
            "all other mail stopped with it, so it is the exports or their ingest that miss these hours, not the mail."
        )
        return Judged("your_organization", says, clues, steps=EXPORT)
    change = change_of(facts, "connector", "migration", "dns", named=True)
    clues = [*changed(facts, change, 0.15), *others(facts, 0.05, 0.0)]
    routes = [route for route in told.elsewhere if route.deliveries > MOVED * route.before]
    if routes:
        clues.insert(
            0, Clue(0.3, f"Mail for the same domains since: {phrases.joined([_route(one) for one in routes])}")
        )
        says = "mail for the same domains is delivered another way since. Nobody has to act if that is meant."
        return Judged("nobody", says, clues, steps=MEANT)
    if facts.connector_enabled is False:
        clues.append(Clue(0.2, "The export of connectors shows it switched off"))
        says = "the connector is switched off, and no other route has taken its mail on."
        return Judged("your_organization", says, clues, steps=SWITCHED_OFF)
    if change is not None:
        says = "nothing has come this way since that change, and no other route has taken its mail on."
        return Judged("your_organization", says, clues, steps=CHANGED)
    if facts.ended_at is not None:
        says = "mail comes this way again since; it may have waited, gone another way, or be missing from the export."
        return Judged("undetermined", says, clues, steps=AGAIN)
    return Judged("undetermined", "mail no longer comes this way, or the export leaves it out.", clues, steps=UNKNOWN)


def _route(route: Route) -> str:
    by = f"by connector {route.connector} " if route.connector else ""
    to = f"to {route.destination}" if route.destination else "without a named server"
    before = f", {route.before:,} in as many hours before" if route.before else ", none before"
    return f"{phrases.count(route.deliveries, 'delivery')} {by}{to}{before}"


EXPORT: Final = (
    "See which exports end or have a hole at that time: `mailtrend lake status` and `mailtrend ask data-warnings`.",
    "Export these hours again, and ingest them; what was counted already is not counted twice.",
)
MEANT: Final = (
    "See that the other route is the one that is meant; then nothing has to be done.",
    "If the old route is given up for good, disable its connector, so that nobody relies on it.",
)
SWITCHED_OFF: Final = (
    "See whether connector {connector} was switched off on purpose: `Get-OutboundConnector -Identity {connector} | "
    "Format-List Enabled, RecipientDomains, SmartHosts`.",
    "By mistake: `Set-OutboundConnector -Identity {connector} -Enabled $true`. On purpose: see how its domains are "
    "reached now, with a message to each.",
)
CHANGED: Final = (
    "Send a message that has to go this way, and see in {place.message_trace} which way it takes.",
    "It takes none, or the wrong one: take the change back, or correct the domains of the connector at "
    "{place.connectors}.",
)
AGAIN: Final = (
    "See whether the exports of that time are whole, `mailtrend ask data-warnings`, and export them again if not.",
    "They are whole: ask those who send this way (an application, a queue) what stood still, and whether all of it "
    "came afterwards.",
)
UNKNOWN: Final = (
    "See whether the export still covers this connector and destination.",
    "See whether mail to these domains now takes another route, as after a change of connector or MX.",
    "If neither, look for the queue or application that used to send it.",
)
