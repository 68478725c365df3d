"""Whatever way data arrive, incidents keep their ids: random outages, told in random runs, with onsets that wander."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from mailtrend.diagnose import Facts
from mailtrend.diagnose.standing import Standing, standings

START = datetime(2026, 9, 7)
HOUR = timedelta(hours=1)
PLACES = [("A", "mx1.example.com"), ("A", "mx2.example.com"), ("B", "mx1.example.com"), (None, "mx.example.net")]
SEEDS = 40
CODES = ["4.4.315", "4.4.316", None]


@dataclass(frozen=True)
class Outage:
    """What really happened at one place: hours since START."""

    place: int
    code: str | None
    first: int
    last: int

    def found(self, until: int, shift: int) -> Facts | None:
        """How it is found in data up to an hour, its onset as many hours off as `shift` says; None if not yet."""
        if until < self.first + 3:
            return None
        connector, destination = PLACES[self.place]
        begun = START + (self.first + shift) * HOUR
        ended = START + self.last * HOUR if self.last < until else None
        return Facts(
            tenant="default", kind="burst" if ended else "sustained", status_code=self.code, cause="service_unavailable",
            connector=connector, destination=destination, scope="pair", started_at=begun, ended_at=ended,
            expected=1.0, p_value=1e-9, codes=(self.code,) if self.code else (), failures=until, messages=9, recipients=9,
        )  # fmt: skip


def history(chance: random.Random) -> list[Outage]:
    """Outages; those at one place with one code have two days or more between them."""
    made = []
    for place in range(len(PLACES)):
        for code in chance.sample(CODES, chance.randint(1, 2)):
            at = chance.randint(24, 200)
            for _ in range(chance.randint(0, 3)):
                length = chance.randint(4, 90)
                made.append(Outage(place, code, at, at + length))
                at += length + chance.randint(48, 250)
    return made


def cuts(chance: random.Random) -> list[int]:
    """Hours up to which data reach, one run after another."""
    return sorted(chance.sample(range(30, 1500), chance.randint(1, 6)))


def told(facts: Sequence[Facts], standing: Sequence[Standing]) -> list[dict[str, object]]:
    """What the lake remembers of a run, in the columns that matter here."""
    return [
        {
            "incident_id": each.incident_id, "state": each.state, "found_at": each.found_at, "revisions": [],
            "status_codes": list(found.codes), "remote_ip": None,
            **{name: getattr(found, name) for name in (
                "tenant", "scope", "connector", "destination", "status_code", "cause", "kind", "started_at", "ended_at")},
        }
        for found, each in zip(facts, standing, strict=True)
    ]  # fmt: skip


def follow(history: list[Outage], cuts: list[int], chance: random.Random | None) -> list[dict[Outage, Standing]]:
    """One run after each cut, over all data up to it; by chance, onsets wander by two hours and the order is mixed."""
    before: list[dict[str, object]] = []
    runs = []
    for until in cuts:
        seen = [
            (outage, facts)
            for outage in (chance.sample(history, len(history)) if chance else history)
            if (facts := outage.found(until, chance.randint(-2, 2) if chance else 0)) is not None
        ]
        facts = [each for _, each in seen]
        standing, kept = standings(facts, before, START + until * HOUR)
        again, _ = standings(facts[::-1], before[::-1], START + until * HOUR)
        assert (kept, again[::-1]) == ([], standing)
        runs.append({outage: each for (outage, _), each in zip(seen, standing, strict=True)})
        before = told(facts, standing)
    return runs


@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_outage_keeps_an_id_of_its_own_over_all_runs(seed: int) -> None:
    chance = random.Random(seed)
    happened, ends = history(chance), cuts(chance)
    runs = follow(happened, ends, chance)
    for until, earlier, later in zip(ends, [{}, *runs], runs, strict=False):
        assert len({each.incident_id for each in later.values()}) == len(later)
        assert earlier.keys() <= later.keys()
        for outage, each in later.items():
            was = earlier.get(outage)
            assert each.incident_id == (was.incident_id if was else each.incident_id)
            assert each.found_at == (was.found_at if was else START + until * HOUR)
            assert each.state == ("resolved" if outage.last < until else "ongoing" if was else "new")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_batches_cut_anywhere_give_the_ids_of_one_run(seed: int) -> None:
    chance = random.Random(seed)
    happened, ends = history(chance), cuts(chance)
    [at_once] = follow(happened, ends[-1:], None)
    in_batches = follow(happened, ends, None)[-1]
    assert {what: each.incident_id for what, each in in_batches.items()} == {
        what: each.incident_id for what, each in at_once.items()
    }
