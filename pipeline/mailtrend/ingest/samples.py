"""Does a format of the user's own read its samples as it says? Each is read as a file, and compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import duckdb
import pyarrow.compute as pc

from mailtrend.errors import MailtrendError
from mailtrend.formats import all_formats
from mailtrend.formats.base import Head, Options
from mailtrend.formats.own import Description, Sample, first_fit, how_far, lines_in, made, seen
from mailtrend.ingest.trial import Trial, parse

YEAR: Final = 2026
"""Of stamps without one, in a sample whose events have no time to tell it."""
SHOWN: Final = 200
"""Characters of a row that are shown."""


def sample_faults(told: Description) -> list[str]:
    """What is wrong with each sample, several lines each; empty where all are read as expected."""
    faults = []
    if not _all_as_expected(told):
        faults = [fault for number, sample in enumerate(told.sample, 1) for fault in _faults(told, number, sample)]
    return faults or [*_unused(told), *_unknown(told)]


def _all_as_expected(told: Description) -> bool:
    """Are all samples read as expected at once? That is so as a rule, and saves a connection for each."""
    [year, *others] = {_year(sample) for sample in told.sample}
    if others:
        return False
    texts = [sample.text.encode("utf-8") for sample in told.sample]
    try:
        trial = parse(made(told), *texts, options=Options(year=year))
    except (MailtrendError, duckdb.Error):
        return False
    parts = [_of_file(trial, f"file{at}") for at in range(len(texts))]
    return not any(
        fault for sample, part in zip(told.sample, parts, strict=True) for fault in _judged(told, "", sample, part)
    )


def _of_file(trial: Trial, file_id: str) -> Trial:
    events, rejects = (table.filter(pc.equal(table["file_id"], file_id)) for table in (trial.events, trial.rejects))
    return Trial(events, rejects, ())


def built_in_claims(told: Description) -> list[str]:
    """Built-in formats that claim a sample too: a file of both is refused unless --source says which it is."""
    return [
        f"sample {number} is claimed by the built-in format {fmt.name} too: read such files with --source {told.name}"
        for number, sample in enumerate(told.sample, 1)
        for fmt in all_formats().values()
        if sample.expect and fmt.claims(Head("sample", sample.text))
    ]


def _faults(told: Description, number: int, sample: Sample) -> Iterator[str]:
    who = f"sample {number}"
    try:
        trial = parse(made(told), sample.text.encode("utf-8"), name=who, options=Options(year=_year(sample)))
    except MailtrendError as error:
        yield f"{who}: {error.what}{_wanted(told)}"
        return
    except duckdb.Error as error:
        yield f"{who}: {str(error).splitlines()[0]}"
        return
    yield from _judged(told, who, sample, trial)


def _wanted(told: Description) -> str:
    """The columns that a table has to have, as its header spells them."""
    named = [
        f"{name} = {' or '.join(spelled) if isinstance(spelled, list) else spelled}"
        for name, spelled in told.columns.items()
        if name not in told.optional
    ]
    return f"\n  wanted: {', '.join(named)}" if named else ""


def _judged(told: Description, who: str, sample: Sample, trial: Trial) -> Iterator[str]:
    """What was made of a sample, held to what it expects."""
    short = trial.events.num_rows < len(sample.expect)
    stopped = list(_lines_that_stop(told, who, sample)) if short or told.unmatched == "reject" else []
    rejected = [
        f"{who}, line {row['line']}: {row['reason']}\n  {row['text'][:SHOWN]}"
        for row in trial.rejects.to_pylist()
        if row["reason"] != "fits no pattern"
    ]
    yield from stopped
    yield from rejected
    if not stopped and not rejected:
        yield from _differences(trial, who, sample)


def _year(sample: Sample) -> int:
    """The year in which the sample is read, should its stamps lack one."""
    for event in sample.expect:
        if isinstance(when := _time(event.get("event_time")), datetime):
            return when.year
    return YEAR


def _lines_that_stop(told: Description, who: str, sample: Sample) -> Iterator[str]:
    """Of each line that fits nothing, how far the best pattern got."""
    if told.kind != "lines":
        return
    lines = lines_in(sample.text)
    places = [at for at, line in enumerate(lines, 1) if line.strip()]
    fits = first_fit([*told.ignore, *(pattern.regex for pattern in told.pattern)], seen(told, lines))
    for at, line, fit in zip(places, seen(told, lines), fits, strict=True):
        if fit >= 0:
            continue
        far, best = max(
            ((how_far(pattern.regex, line), -number) for number, pattern in enumerate(told.pattern)),
            key=lambda found: (found[0].place, found[1]),
        )
        gap = "".join(char if char == "\t" else " " for char in line[: far.place])
        yield (
            f"{who}, line {at}: fits no pattern; {told.called(-best)} gets furthest\n"
            f"  {line}\n  {gap}^ here it stops\n"
            f"  fits:  {far.fits}\n  stops: {far.stops}"
        )


def _differences(trial: Trial, who: str, sample: Sample) -> Iterator[str]:
    found = trial.events.sort_by("line").to_pylist()
    if len(found) != len(sample.expect):
        yield f"{who}: gives {len(found)} events where {len(sample.expect)} are expected"
        return
    for event, expected in zip(found, sample.expect, strict=True):
        place = f"{who}, line {event['line']}" if len(found) > 1 else who
        for name, value in expected.items():
            if not _same(event[name], value):
                yield f"{place}: {name} is {_shown(event[name])} where {_shown(value)} is expected"


def _same(found: Any, expected: Any) -> bool:  # noqa: ANN401 - any column
    if isinstance(found, datetime):
        return found == _time(expected)
    if found is None or found == "":
        return expected is None or expected == ""
    if isinstance(found, int | float) and isinstance(expected, str):
        return str(found) == expected
    return bool(found == expected)


def _time(told: Any) -> datetime | None:  # noqa: ANN401 - what TOML holds
    """An expected time, in UTC; None if it is none."""
    try:
        wanted = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
        return wanted.astimezone(UTC).replace(tzinfo=None) if wanted.tzinfo else wanted
    except (ValueError, OverflowError):
        return None


def _shown(value: Any) -> str:  # noqa: ANN401 - any column
    return "empty" if value is None else f"'{value}'"


def _unused(told: Description) -> Iterator[str]:
    """Patterns that no line of any sample comes to: nobody knows whether they are right."""
    lines = seen(told, (line for sample in told.sample for line in lines_in(sample.text)))
    used = set(first_fit([*told.ignore, *(pattern.regex for pattern in told.pattern)], lines))
    for number in range(len(told.pattern)):
        if number + len(told.ignore) not in used:
            yield f"{told.called(number)} fits no sample: add a [[sample]] for it"


def _unknown(told: Description) -> Iterator[str]:
    """Would a file that begins as a sample does be known for what it is?"""
    fmt = made(told)
    if not any(fmt.claims(Head("sample", sample.text)) for sample in told.sample if sample.expect):
        yield "no sample that gives events is known as one of this format: " + (
            f"claims = '{told.claims}' fits none of them" if told.claims else "add one, or say claims = '…'"
        )
