"""Switched off on purpose, or a firewall? Hand-made facts of both kinds, the hard ones among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from mailtrend.diagnose import Change, Facts, refused, signs
from mailtrend.diagnose.behind import Behind, Person, Sides

BEGAN = datetime(2026, 10, 22, 9, 49)
NOW = datetime(2026, 11, 1, 23, 55)
OFF, WALL = "your_organization", "network"


def migration(hours: float, note: str = "Migration finished", *, matches: bool = True) -> Change:
    return Change(BEGAN - timedelta(hours=hours), "migration", "mail.contoso.com", note, matches)


REFUSED = Facts(
    tenant="default", kind="sustained", status_code="4.4.316", cause="connection_refused", connector="To on-premises",
    destination="mail.contoso.com", scope="pair", started_at=BEGAN.replace(minute=0), ended_at=None, expected=0.5,
    p_value=1e-12, attempts=2952, failures=2948, messages=479, recipients=18, first_failure=BEGAN, last_failure=NOW,
    lost=450, at_risk=19, successes_before=2400, last_success=BEGAN - timedelta(minutes=27), owner_kind="own",
    domains=("contoso.com",), accepted=(("contoso.com", "InternalRelay"),), remote_ips=("203.0.113.25",),
)  # fmt: skip
BUSY = Behind(failing=18, failing_before=18, recent=21, days_before=45, weeks=(368, 355, 368, 354, 360))
RUN_OUT = replace(BUSY, failing=40, failing_before=3, weeks=(12, 90, 260, 370, 355))
SILENT = Sides(servers=("EX01",), known_by="mail", log_from=BEGAN - timedelta(days=9), log_until=NOW, hours=255,
               covered=250, arrivals=800, sessions_before=700)  # fmt: skip
FINISHED = (migration(4),)
STEP = (migration(6, "Batch 3 of 6 moved to Exchange Online"),)


def facts(behind: Behind | None = BUSY, **columns: Any) -> Facts:
    return replace(REFUSED, behind=behind, **columns)


@dataclass(frozen=True)
class Words:
    """A fake page of the book."""

    owner: str = "on_premises"
    title: str = "Connection refused"
    meaning: str = ""
    steps: tuple[str, ...] = ("Look at the firewall.",)
    steps_migrated: tuple[str, ...] = ("Disable it.",)
    ask: str = ""
    owner_depends_on: str = ""


def best(given: Facts) -> refused.Candidate:
    return max(refused.readings(given, Words()), key=lambda each: each.score)


CASES = {
    "a finished migration, and silence since": (facts(changes=FINISHED), OFF, 0.9),
    "the same without anything known of what stands behind": (facts(None, changes=FINISHED), OFF, 0.9),
    "a finished migration of another name": (facts(changes=(migration(4, matches=False),)), OFF, 0.75),
    "finished three weeks ago, traffic run out, leftovers only": (
        facts(replace(RUN_OUT, migrations=(migration(500),))), OFF, 0.9),
    "no migration named, but traffic run out, leftovers only, for days": (facts(RUN_OUT), OFF, 0.8),
    "no migration named, the connector disabled, leftovers only": (
        facts(replace(BUSY, failing_before=2, weeks=()), connector_enabled=False), OFF, 0.8),
    "the server's own logs end when it began, after the migration": (
        facts(replace(BUSY, sides=replace(SILENT, log_until=BEGAN, covered=1)), changes=FINISHED), OFF, 0.9),
    "a last message slipped through in its first hour": (
        facts(changes=FINISHED, successes_since=1, last_success=BEGAN + timedelta(minutes=40)), OFF, 0.7),
    "no migration named, all as usual until it began": (facts(), WALL, 0.7),
    "only a step of the migration: mailboxes are still there": (facts(changes=STEP), WALL, 0.65),
    "the firewall was changed after a step": (
        facts(changes=(Change(BEGAN - timedelta(hours=1), "firewall", "mail.contoso.com", None), *STEP)), WALL, 0.9),
    "it ended": (facts(changes=FINISHED, ended_at=NOW), WALL, 0.8),
    "deliveries get through now and then": (facts(changes=FINISHED, successes_since=3, last_success=NOW), WALL, 0.7),
    "a message trace shows deliveries to the same address": (
        facts(replace(BUSY, traced=5), changes=FINISHED), WALL, 0.7),
    "migration named, but the server puts mail into mailboxes": (
        facts(replace(BUSY, live=9, sides=replace(SILENT, mailboxes=340)), changes=FINISHED), WALL, 0.55),
    "migration named, but another connector delivers to the same host": (
        facts(replace(BUSY, others_delivered=80), changes=FINISHED), WALL, 0.75),
    "it began before the migration was finished": (
        facts(replace(BUSY, migrations=(migration(-60),))), WALL, 0.9),
    "told as finished in the evening of the day": (
        facts(replace(BUSY, migrations=(migration(-9),)), changes=STEP), OFF, 0.65),
    "the same with leftovers only": (
        facts(replace(RUN_OUT, weeks=(), migrations=(migration(-9),)), changes=STEP), OFF, 0.85),
    "one address of several": (facts(changes=FINISHED, scope="remote_ip", remote_ip="203.0.113.25"), WALL, 0.55),
    "on and off": (facts(kind="flapping"), WALL, 0.9),
    "the domain is Authoritative, so its recipients are known on-premises": (
        facts(accepted=(("contoso.com", "Authoritative"),)), WALL, 0.85),
    "an hour old": (facts(None, last_failure=BEGAN + timedelta(hours=1)), WALL, 0.75),
}  # fmt: skip


@pytest.mark.parametrize(("given", "owner", "least"), CASES.values(), ids=CASES.keys())
def test_the_reading_that_fits_wins_and_the_scores_add_up(given: Facts, owner: str, least: float) -> None:
    found = refused.readings(given, Words())
    top = best(given)
    assert (top.owner, top.score >= least) == (owner, True), [(each.owner, each.score) for each in found]
    assert found[0].score + found[1].score == pytest.approx(1)


def test_a_host_that_is_gone_altogether_does_not_even_refuse() -> None:
    silent = {"status_code": "4.4.315", "cause": "connection_timed_out"}
    gone = facts(changes=FINISHED, **silent)
    assert refused.applies(gone)
    assert best(gone).owner == OFF
    assert "2,948 of 2,952 attempts got no answer; 203.0.113.25 never answered" in best(gone).argument
    assert not refused.applies(facts(**silent))
    assert not refused.applies(facts(changes=STEP, **silent))
    assert not refused.applies(facts(changes=FINISHED, successes_since=3, last_success=NOW, **silent))
    assert not refused.applies(facts(changes=FINISHED, owner_kind="partner", **silent))


SEEN = {
    "no session": (SILENT, "network", "so it never gets there. Look at firewall, address translation and provider"),
    "failed at TLS": (replace(SILENT, tls_failed=12), "on_premises", "12 sessions of Exchange Online reached EX01"),
    "refused by the server": (replace(SILENT, refused=7, accepted=1), "on_premises", "look at its receive connector"),
    "accepted": (replace(SILENT, accepted=31), "network", "EX01 took 31 messages from Exchange Online meanwhile"),
    "logs that end": (
        replace(SILENT, log_until=BEGAN + timedelta(minutes=5), covered=1), "on_premises", "its transport stopped"),
}  # fmt: skip


@pytest.mark.parametrize(("sides", "owner", "says"), SEEN.values(), ids=SEEN.keys())
def test_the_servers_own_logs_say_who_has_to_act(sides: Sides, owner: str, says: str) -> None:
    top = best(facts(replace(BUSY, sides=sides)))
    assert (top.owner, says in top.diagnosis) == (owner, True), top.diagnosis


def test_logs_of_a_server_that_is_not_known_to_stand_there_weigh_next_to_nothing() -> None:
    elsewhere = facts(replace(BUSY, sides=replace(SILENT, known_by="none", servers=("relay01",))), changes=FINISHED)
    assert best(elsewhere).owner == OFF
    assert best(facts(changes=FINISHED)).score - best(elsewhere).score < 0.05  # of 1


def test_logs_that_do_not_cover_the_time_are_no_sign_but_asked_for() -> None:
    before = replace(SILENT, log_until=BEGAN - timedelta(days=2), covered=0, arrivals=0)
    given = facts(replace(BUSY, sides=before))
    assert refused.all_signs(given) == refused.all_signs(facts())
    (asked,) = [text for text in refused.evidence(given, 0.7) if text.startswith("What would settle it: ")]
    assert "receive and message tracking logs of mail.contoso.com from Thu 22 Oct 2026 09:49 UTC on" in asked
    assert "whether and when a migration was finished, in changes.csv" in asked
    assert not any(text.startswith("What would settle") for text in refused.evidence(facts(changes=FINISHED), 0.93))


def test_a_place_without_any_delivery_before_says_nothing_of_leftovers() -> None:
    bare = Behind(failing=40, failing_before=0, days_before=0.0)
    assert not any(sign.name == "leftovers_only" for sign in refused.all_signs(facts(bare)))


def test_every_sign_has_a_weight_and_every_weight_a_sign() -> None:
    seen = {sign.name for given, *_ in CASES.values() for sign in refused.all_signs(given)}
    seen |= {sign.name for sides, *_ in SEEN.values() for sign in refused.all_signs(facts(replace(BUSY, sides=sides)))}
    more = (
        facts(replace(BUSY, others_failed=50, host_delivered=3, weeks=(200, 400, 380))),
        facts(attempts=9000, remote_ips=("203.0.113.25", "203.0.113.26"), last_failure=BEGAN + timedelta(hours=30)),
        facts(replace(BUSY, sides=replace(SILENT, handed_up=9))),
        facts(replace(BUSY, sides=replace(SILENT, known_by="none", mailboxes=2))),
        facts(replace(BUSY, sides=replace(SILENT, known_by="none"))),
    )
    seen |= {sign.name for given in more for sign in refused.all_signs(given)}
    assert seen == set(signs.WEIGHTS)


def test_what_speaks_for_one_reading_speaks_against_the_other_the_weightiest_first() -> None:
    off, wall = refused.readings(facts(changes=FINISHED), Words())
    assert off.argument.partition(" For it: ")[2].startswith("it began 4 hours after the migration finished; ")
    assert wall.argument.partition(" For it: ")[2].startswith("deliveries there went on as usual")
    assert not set(off.argument.partition(" For it: ")[2].split("; ")) & set(wall.argument.split("; "))


def test_a_live_mailbox_turns_the_advice_even_where_the_switched_off_reading_stays_ahead() -> None:
    there = Person("ann@contoso.com", 3, BEGAN - timedelta(hours=1), NOW - timedelta(days=1))
    off, wall = refused.readings(facts(replace(BUSY, people=(there,), live=1), changes=FINISHED), Words())
    assert off.score > wall.score
    assert off.diagnosis.endswith(
        "but 1 recipient had mail on-premises since: move them before the connector is disabled"
    )
    assert off.actions[0].startswith("Do not disable the connector and do not make contoso.com Authoritative yet")
    assert wall.diagnosis.endswith("Do not disable the connector while mailboxes there are in use")


def test_recent_deliveries_are_looked_for_before_anybody_is_asked_about() -> None:
    lately = Person("bo@contoso.com", 3, BEGAN - timedelta(hours=1))
    words = replace(Words(), steps_migrated=("Check for deliveries.", "Disable it."))
    off, _ = refused.readings(facts(replace(BUSY, people=(lately,)), changes=FINISHED), words)
    assert [action.split()[0] for action in off.actions] == ["Check", "Before", "Disable"]
