"""How the judgement of a pattern becomes a reading: clues and their weight, the first sentence, steps with names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.words import Reading, Words
from mailtrend.knowledge.filling import filler
from mailtrend.knowledge.loading import book

START: Final = 0.5
"""Confidence where the code alone speaks: it names the fault, not its reason."""
LEAST: Final = 0.05
MOST: Final = 0.95
"""Never surer than this: nobody has looked at the server yet."""
_NEARLY_ALL: Final = 0.9
SENTENCE: Final = re.compile(r"(?<=[.!?]) +(?=[A-Z])")
"""Between two sentences."""
_SAME: Final = 3
"""Steps that begin with so many equal words say the same."""


class Clue(NamedTuple):
    """One thing seen: how much it adds to the confidence, or takes from it, and a sentence with its figures."""

    weight: float
    told: str


class Judged(NamedTuple):
    """What a pattern makes of the facts: who has to act, what it is in a sentence, the clues, what to do first."""

    owner: str
    says: str
    clues: Sequence[Clue] = ()
    first: Sequence[str] = ()
    """Steps before those of the book, with placeholders as knowledge.filling has them."""
    ready: Sequence[str] = ()
    """Steps before all others that hold their names already."""
    steps: Sequence[str] | None = None
    """Steps instead of the book's."""
    head: str | None = None
    """First sentence instead of the usual one."""


def reading(facts: Facts, words: Words, judged: Judged) -> Reading:
    """The reading, its confidence from START on: a tenth each for one cause and a known place, then the clues."""
    book = tuple(words.steps) if judged.steps is None else filled(facts, judged.steps)
    ours = judged.owner in {"your_organization", "microsoft", "nobody", "network"} and judged.owner != words.owner
    return Reading(
        judged.owner,
        f"{judged.head or head(facts, words)}. {judged.says}",
        confidence(facts, words, judged.clues),
        evidence(judged.clues),
        (*judged.ready, *_once(filled(facts, judged.first), book)),
        words.title,
        # A partner is asked nothing where the fault is elsewhere.
        "" if ours else words.ask,
    )


def _once(first: tuple[str, ...], book: tuple[str, ...]) -> tuple[str, ...]:
    """The steps of a pattern, then those of the book that it does not say already."""
    said = {_opening(step) for step in first}
    return (*first, *(step for step in book if _opening(step) not in said))


def _opening(step: str) -> str:
    return " ".join(re.findall(r"\w+", step.lower())[:_SAME])


def confidence(facts: Facts, words: Words, clues: Iterable[Clue]) -> float:
    """Between LEAST and MOST, in hundredths."""
    total = sum(number for _, number in facts.causes)
    named = facts.cause not in {None, "unclassified"}
    one_cause = named and total > 0 and facts.causes[0][1] >= _NEARLY_ALL * total
    known = words.owner != "undetermined" and facts.owner_kind != "undetermined"
    sure = START + 0.1 * one_cause + 0.1 * known + sum(clue.weight for clue in clues)
    return round(min(MOST, max(LEAST, sure)), 2)


def evidence(clues: Iterable[Clue]) -> tuple[str, ...]:
    """The sentences, those that speak against it marked so; a clue that is told elsewhere has none."""
    return tuple(
        f"Against it: {clue.told[0].lower()}{clue.told[1:]}" if clue.weight < 0 else clue.told
        for clue in clues
        if clue.told
    )


def head(facts: Facts, words: Words) -> str:
    """4.7.320 … on connector A to b.example, sustained since …; no delivery has succeeded there since."""
    change = next((change for change in facts.changes if change.matches), None)
    since = f", {phrases.after(facts, change)}" if change else ""
    return f"{phrases.what(facts, words.title)} {phrases.place(facts)}, {phrases.lasting(facts)}{since}{got(facts)}"


def got(facts: Facts) -> str:
    """What got through while it lasts, as the end of a sentence; nothing for one that is over."""
    if facts.ended_at is not None:
        return ""
    if facts.successes_since:
        return f"; {phrases.count(facts.successes_since, 'delivery')} succeeded there since"
    return "; no delivery has succeeded there since"


def gist(words: Words) -> str:
    """The first sentence of what the book says of a code: the rest is for `mailtrend explain`."""
    return SENTENCE.split(words.meaning, maxsplit=1)[0]


def filled(facts: Facts, steps: Iterable[str]) -> tuple[str, ...]:
    """Steps with the names of this place; in commands they are literals of PowerShell."""
    names = {
        "connector": facts.connector,
        "destination": destination_of(facts),
        "domain": facts.domains[0] if len(facts.domains) == 1 else None,
        "code": facts.status_code,
        "ip": facts.remote_ip or (facts.remote_ips[0] if len(facts.remote_ips) == 1 else None),
    }
    return filler(names, book().places)(steps)


def destination_of(facts: Facts) -> str | None:
    """The one destination that it is about, though its scope may run over several."""
    return facts.destination or (facts.destinations[0] if len(facts.destinations) == 1 else None)


def looks(facts: Facts) -> str:
    """How a judgement begins: in the past where it is over."""
    return "this looked like" if facts.ended_at is not None else "this looks like"


def percent(part: float, whole: float) -> str:
    """12 %; less than 1 %; 0 % where there is nothing."""
    share = part / whole if whole else 0.0
    return "less than 1 %" if 0 < share < 0.005 else f"{share:.0%}".replace("%", " %")  # noqa: PLR2004  # half a percent
