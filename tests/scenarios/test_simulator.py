"""The simulator: how it tries mail, what a fault does to it, and what an export lets a reader know of it."""

from __future__ import annotations

import pytest

from flow.mail import RETRIES, Letter, letters
from flow.places import END, ONPREM, PARTNER
from flow.troubles import TIMED_OUT, Trouble
from flow.truth import Sight, doubtful, figures
from synth import clock, faults
from synth.traffic import Attempt, Message

START = clock.ms("2026-10-26T00:00")
DOWN = Trouble(
    TIMED_OUT, clock.ms("2026-10-27T08:00"), clock.ms("2026-10-28T12:00"), ways=("fabrikam",), incident="down"
)
WAYS = (ONPREM._replace(noise=()), PARTNER._replace(noise=()))


@pytest.fixture(scope="module")
def mail() -> list[Letter]:
    return letters("a test", START, WAYS, (DOWN,))


def test_the_same_name_gives_the_same_mail(mail):
    assert letters("a test", START, WAYS, (DOWN,)) == mail
    assert letters("another", START, WAYS, (DOWN,)) != mail


def test_what_nothing_hinders_is_delivered_at_once(mail):
    for letter in mail:
        if letter.message.route.key == "onprem":
            assert [attempt.kind for attempt in letter.message.attempts] == ["send"]
            assert letter.message.attempts[0].at - letter.message.received <= 6_000


def test_an_outage_defers_then_delivers_late_and_returns_what_is_a_day_old(mail):
    hit = [each for each in mail if "down" in each.blame]
    assert {each.message.attempts[-1].kind for each in hit} == {"send", "fail"}
    for letter in hit:
        *tries, last = letter.message.attempts
        assert {attempt.kind for attempt in tries} == {"defer"}
        assert all(DOWN.start <= attempt.at < DOWN.end for attempt in tries)
        if last.kind == "send":
            assert last.at >= DOWN.end
        else:
            assert (last.code, len(tries)) == ("5.4.315", len(RETRIES))
            assert clock.DAY < last.at - letter.message.received < clock.DAY + clock.MINUTE


def test_first_tries_follow_each_other_quickly_and_the_last_by_the_hour(mail):
    longest = max(mail, key=lambda each: len(each.message.attempts)).message
    gaps = [after.at - before.at for before, after in zip(longest.attempts, longest.attempts[1:], strict=False)]
    assert max(gaps[:2]) < 2 * clock.MINUTE
    assert all(abs(gap - clock.HOUR) <= 20_000 for gap in gaps[-12:-2])


def _letter(number: int, hour: float, attempts: list[tuple[float, str]], blame: str = "down") -> Letter:
    """A message received at `hour` of a day, tried at hours of it."""
    day = clock.ms("2026-10-28T00:00")
    tried = [
        Attempt(day + round(at * clock.HOUR), kind, None if kind == "send" else faults.REFUSED) for at, kind in attempts
    ]
    message = Message(
        day + round(hour * clock.HOUR), "a@contoso.com", f"{number % 2}@contoso.com", "", 1, f"<{number}>",
        f"id{number}", ONPREM.routes[0], tried, True,
    )  # fmt: skip
    return Letter(message, tuple("" if kind == "send" else blame for _, kind in attempts))


LETTERS = (
    _letter(1, 8, [(8, "defer"), (9, "defer"), (10, "send")]),
    _letter(2, 9, [(9, "defer"), (33, "fail")]),
    _letter(3, 20, [(20, "defer"), (21, "defer"), (44, "fail")]),
    _letter(4, 7, [(7, "defer"), (7.5, "send")], blame=""),
    _letter(5, 6, [(6, "send")]),
)
AS_OF = clock.ms("2026-10-29T12:00")


def test_figures_count_attempts_messages_recipients_and_ends():
    seen = figures("down", LETTERS, [Sight(0, END, AS_OF)], [], AS_OF)
    assert (seen.failures, seen.messages, seen.recipients) == (6, 3, 2)
    assert (seen.delivered_late, seen.lost, seen.at_risk) == (1, 1, 1)
    assert seen.next_expiry == clock.ms("2026-10-29T20:00")
    assert seen.waits == (7200, 7200, 7200)


def test_an_export_that_ran_early_knows_neither_later_attempts_nor_ends():
    early = Sight(0, END, clock.ms("2026-10-28T09:30"))
    seen = figures("down", LETTERS, [early], [], AS_OF)
    assert (seen.failures, seen.messages) == (3, 2)
    assert (seen.delivered_late, seen.lost, seen.at_risk) == (0, 0, 0)
    assert figures("down", LETTERS, [early], [Sight(0, END, AS_OF)], AS_OF).lost == 1


def test_mail_that_is_a_day_old_when_the_data_ends_is_doubtful():
    late = Message(
        AS_OF - clock.DAY, "a@contoso.com", "b@contoso.com", "", 1, "<9>", "id9", ONPREM.routes[0],
        [Attempt(AS_OF + 5_000, "fail", faults.REFUSED, expired=True)], True,
    )  # fmt: skip
    assert doubtful([Letter(late, ("down",))], AS_OF) == 1
    assert doubtful(LETTERS, AS_OF) == 0
