"""Does a rule mean this incident? Names with `*`, codes with their twins, roll-ups by every place they run over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from mailtrend.diagnose.facts import Facts
from mailtrend.settings import Matchers

Names = tuple[str, ...]


class Subject(NamedTuple):
    """What a rule is held against. Of what an incident runs over each is a tuple of the names it goes by."""

    tenant: tuple[Names, ...]
    connector: tuple[Names, ...]
    destination: tuple[Names, ...]
    domain: tuple[Names, ...]
    status_code: tuple[Names, ...]
    cause: tuple[Names, ...]
    kind: tuple[Names, ...]
    owner: tuple[Names, ...]


def subject(row: Mapping[str, Any], facts: Facts | None) -> Subject:
    """The subject of one incident. What it has not is an empty name, which only `*` matches."""
    return Subject(
        tenant=((row["tenant"],),),
        connector=_over(row["connector"], facts.connectors if facts else ()),
        destination=_over(row["destination"], facts.destinations if facts else (), row["remote_ip"]),
        domain=_over(None, facts.domains if facts else ()),
        status_code=_codes(row),
        cause=((row["cause"] or "",),),
        kind=((row["kind"],),),
        owner=((row["owner"],),),
    )


def _over(one: str | None, several: Sequence[str], also: str | None = None) -> tuple[Names, ...]:
    if one is None and several:
        return tuple((each, also) if also else (each,) for each in several)
    return (tuple(name for name in (one, also) if name) or ("",),)


def _codes(row: Mapping[str, Any]) -> tuple[Names, ...]:
    """Of each fault the names it goes by: twins (4.4.316 and 5.4.316) are one."""
    told: dict[str, list[str]] = {}
    for code in dict.fromkeys(code for code in (row["status_code"], *(row["status_codes"] or ())) if code):
        told.setdefault(code[1:], []).append(code)
    return tuple(map(tuple, told.values())) or (("",),)


def fits(rule: Matchers, found: Subject, *, wholly: bool = True) -> bool:
    """Is the rule for this incident: with all it runs over, or (not `wholly`) with any part of it?"""
    every = all if wholly else any
    for key, groups in found._asdict().items():
        patterns: Names = getattr(rule, key)
        if patterns and not every(_any(patterns, names) for names in groups):
            return False
    return True


def _any(patterns: Iterable[str], names: Names) -> bool:
    return any(_compiled(pattern).fullmatch(name) for pattern in patterns for name in names)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """`*` is any text; everything else stands for itself, whatever its case."""
    parts = (re.escape(part) for part in re.split(r"\*+", pattern))
    return re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)
