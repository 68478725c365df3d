"""Labelled texts against what `mailtrend explain` makes of them: scores field by field, and the misses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mailtrend.knowledge.pasted import read

if TYPE_CHECKING:
    from knowledge.labels import Labelled  # type: ignore[import-not-found]  # of tests/, which mypy does not read

FIELDS = (
    "reply_code",
    "status_code",
    "remote_reply_code",
    "remote_status_code",
    "cause",
    "remote_host",
    "remote_ip",
    "class",
)
ALL = "all"


class Miss(NamedTuple):
    """One field of one text that came out differently."""

    where: str
    field: str
    expected: int | str | None
    got: int | str | None
    text: str


class Score(NamedTuple):
    """How many were right, of how many that have a label."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1; nothing labelled is nothing missed."""
        return self.right / self.of if self.of else 1.0


Scores = dict[str, dict[str, Score]]
"""Family → field → score; the family `all` is the sum."""


def measure(labelled: Sequence[Labelled]) -> tuple[Scores, list[Miss]]:
    """Explain every text once and hold each labelled field against its truth."""
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: {field: [0, 0] for field in FIELDS})
    misses = []
    for one, found in zip(labelled, read([one.text for one in labelled]), strict=True):
        got = found.to_dict()
        for field, expected in truth(one).items():
            right = got[field] == expected
            for family in (one.family, ALL):
                counts[family][field][0] += right
                counts[family][field][1] += 1
            if not right:
                where = f"{one.family}:{one.where.rpartition(':')[2]}"
                misses.append(Miss(where, field, expected, got[field], one.text))
    return {
        family: {field: Score(*pair) for field, pair in fields.items()} for family, fields in sorted(counts.items())
    }, misses


def truth(one: Labelled) -> dict[str, int | str | None]:
    """The labelled fields by their public keys; the class only where somebody has said it."""
    return {**one.told._asdict(), **({"class": one.class_} if one.has_class else {})}


def below(scores: Scores, family: str, least: float) -> list[str]:
    """The fields of a family whose share is less than asked for."""
    return [field for field, score in scores[family].items() if score.share < least]


def listing(misses: Iterable[Miss]) -> str:
    """One miss a line; a line end in a text is shown as the two characters it is written with."""
    return "\n".join(
        f"{miss.where} {miss.field}: {_shown(miss.expected)} expected, {_shown(miss.got)} got: {miss.text!r}"
        for miss in misses
    )


def _shown(value: int | str | None) -> str:
    return "-" if value is None else str(value)
