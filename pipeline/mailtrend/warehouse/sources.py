"""What views have to know of the sources, as SQL macros made from the formats, so that no view names a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from mailtrend import contracts
from mailtrend.formats import all_formats
from mailtrend.formats.base import Format
from mailtrend.sql import quoted

MOST: Final = 120
"""A set of sources is one number with a bit for each: what comes after so many shares the last bit."""
WIDE: Final = 62
"""More bits than this need a number of 128 bits."""
BY_ID: Final = "exo"
"""The hop whose sources give every message the same id. Those of all others have to be compared by time."""
SEPARATOR: Final = "\x1f"
"""Between names while they are one text: the name of somebody's own format may hold anything else."""
REST: Final = "other"


def macros(found: Iterable[str] = ()) -> str:
    """SQL of `source_rank`, `source_hop`, `settled_by_id`, `settled_by_time`, `source_tells_when`, `source_bit` and
    `sources_of`: one CREATE MACRO each.

    found: names of sources in the lake. Those that no format has any more, or not yet, come last and see no hop.
    """
    formats = all_formats()
    names = order({*formats, *contracts.SOURCES, *found}, formats)
    ranks = {name: at for at, name in enumerate(names)}
    hops = {name: hop for name in names if (hop := _hop(name, formats))}
    wide = len(names) + 1 > WIDE
    bits = {name: _number(1 << at, wide=wide) for name, at in ranks.items()}
    last = _number(1 << len(names), wide=wide)
    undated = [name for name in names if name in formats and not formats[name].tells_when]
    return "\n".join((
        "CREATE MACRO source_rank(source) AS",
        f"    {_case({name: str(at) for name, at in ranks.items()}, str(len(names)))};",
        "CREATE MACRO source_hop(source) AS",
        f"    {_case({name: quoted(hop) for name, hop in hops.items()}, quoted(''))};",
        "CREATE MACRO settled_by_id(source) AS",
        f"    {_one_of(name for name, hop in hops.items() if hop == BY_ID)};",
        "CREATE MACRO settled_by_time(source) AS",
        f"    {_one_of(name for name, hop in hops.items() if hop != BY_ID)};",
        "CREATE MACRO source_tells_when(source) AS",
        f"    {_case(dict.fromkeys(undated, 'false'), 'true')};",
        "CREATE MACRO source_bit(source) AS",
        f"    {_case(bits, last)};",
        "CREATE MACRO sources_of(mask) AS",
        "    string_split(",
        f"        concat_ws({quoted(SEPARATOR)},",
        *(f"            CASE WHEN mask & {bit} > 0 THEN {quoted(name)} END," for name, bit in bits.items()),
        f"            CASE WHEN mask & {last} > 0 THEN {quoted(REST)} END",
        "        ),",
        f"        {quoted(SEPARATOR)}",
        "    );",
    ))  # fmt: skip


def order(names: Iterable[str], formats: Mapping[str, Format]) -> list[str]:
    """Sources from the one that tells most to the one that tells least, at most as many as have a bit."""
    known = {name: at for at, name in enumerate(contracts.SOURCES)}

    def place(name: str) -> tuple[int, int, str]:
        rank = formats[name].rank if name in formats else Format.rank
        return rank if name in known or name in formats else MOST, known.get(name, len(known)), name

    return sorted(names, key=place)[:MOST]


def _hop(name: str, formats: Mapping[str, Format]) -> str:
    """The hop of a source; '' where no other format sees the same: then there is nothing to compare."""
    hop = formats[name].hop if name in formats else ""
    shared = Counter(each.hop for each in formats.values())
    return hop if shared[hop] > 1 else ""


def _one_of(names: Iterable[str]) -> str:
    """A plain IN: readers of Parquet skip whole files by it."""
    listed = ", ".join(quoted(name) for name in names)
    return f"source IN ({listed})" if listed else "false"


def _case(values: Mapping[str, str], otherwise: str) -> str:
    if not values:
        return otherwise
    whens = "\n".join(f"        WHEN source = {quoted(name)} THEN {value}" for name, value in values.items())
    return f"CASE\n{whens}\n        ELSE {otherwise}\n    END"


def _number(value: int, *, wide: bool) -> str:
    return f"CAST('{value}' AS {'HUGEINT' if wide else 'BIGINT'})"
