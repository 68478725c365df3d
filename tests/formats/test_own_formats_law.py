"""Laws of formats of the user's own: no row is lost, and no value of a description is a bug."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.errors import SettingsError
from mailtrend.formats.own import Description
from mailtrend.formats.own.loading import described
from mailtrend.ingest.samples import sample_faults
from support.ownformats import LINES, PLACED, TABLE, read


def damaged(lines: list[str], dice: random.Random) -> list[str]:
    """Lines doubled, lost, swapped, cut and blotted."""
    out = list(lines)
    for _ in range(dice.randint(0, 10)):
        at, other = dice.randrange(len(out)), dice.randrange(len(out))
        what = dice.randrange(5)
        if what == 0:
            out.insert(other, out[at])
        elif what == 1 and len(out) > 1:
            out.pop(at)
        elif what == 2:
            out[at], out[other] = out[other], out[at]
        elif out[at]:
            place = dice.randrange(len(out[at]))
            rest = out[at][place + 1 :] if what == 3 else ""
            out[at] = out[at][:place] + dice.choice(["", "x", "'", ">", "[", "é", "\t", "$", "9" * 30]) + rest
    return [line for line in out if line.strip()]


ROWS = {
    LINES: ["2026-10-01T08:00:0%dZ sent a%d@example.org", "2026-10-01T08:00:0%dZ hello b%d@example.org",
            "2026-10-01T08:00:0%dZ bounced c%d@example.org 550 5.1.1 No such user", "noise %d %d"],
    LINES.replace('kind = "lines"', 'kind = "lines"\nrecipient_separator = "@"\nunmatched = "context"'): [
        "2026-10-01T08:00:0%dZ sent a%d@example.org", "noise %d %d"],
    TABLE: ["2026-10-01 08:00:0%d,a%d@example.org,sent", "2026-10-01 08:00:0%d,b%d@example.org,bounced"],
    PLACED: ["QUEUE,2026-10-01 08:00:0%d,sent,a%d@example.org"],
}  # fmt: skip


@pytest.mark.parametrize("text", ROWS, ids=["lines", "recipients", "table", "placed"])
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1))
def test_each_row_of_a_damaged_file_is_accounted_for_once(text, seed):
    head = {TABLE: ["When,To,What"], PLACED: ["QUEUE,2026-10-01 09:00:00,sent,z@example.org"]}.get(text, [])
    lines = damaged([row % (number, number) for number in range(4) for row in ROWS[text]], random.Random(seed))
    data = "\n".join([*head, *lines, ""])
    once, twice = read(text, data), read(text, data, data)
    counts = once.counts
    assert counts["rows"] == len(lines) + (text == PLACED)
    assert counts["rows"] == counts["used"] + counts["context"] + counts["duplicates"] + counts["rejects"]
    places = once.rejects["line"].to_pylist()
    assert len(places) == len(set(places)) == counts["rejects"]
    assert twice.counts["events"] == counts["events"]
    assert twice.counts["rows"] == 2 * counts["rows"]


VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.datetimes(), st.binary(max_size=2),
        st.sampled_from(["time", "event", "recipient", "delivered", "context", "%Y", "any", "(", "(?P<time>.)", ",", "csv"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(
        ["time", "event", "regex", "set", "words", "by", "default", "format", "timezone", "text", "expect", "outcome"]
    ), inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from([LINES, TABLE, PLACED]), key=st.sampled_from(sorted(Description.model_fields)), value=VALUES
)
def test_whatever_stands_for_a_value_it_is_refused_or_read_and_never_a_bug(kind, key, value):
    values = tomllib.loads(kind) | {key: value}
    try:
        told = described(values, Path("x.toml"))
    except SettingsError as error:
        refused = error.what and error.mend
    else:
        refused = all(isinstance(fault, str) for fault in sample_faults(told))
    assert refused
