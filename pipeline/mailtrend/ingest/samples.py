"""Does a format of the user's own read its samples as it says? Each is read as a file, and compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb

from mailtrend.errors import MailtrendError
from mailtrend.formats import all_formats
from mailtrend.formats.base import Head, Options
from mailtrend.formats.own import Description, Sample, how_far, made
from mailtrend.ingest.trial import Trial, parse


def sample_faults(told: Description) -> list[str]:
    """What is wrong with each sample, several lines each; empty where all are read as expected."""
    return [*(fault for number, sample in enumerate(told.sample, 1) for fault in _faults(told, number, sample)),
            *_unused(told)]  # fmt: skip


def built_in_claims(told: Description) -> list[str]:
    """Built-in formats that claim a sample too: a file of both is refused unless --source says which it is."""
    return [
        f"sample {number} is claimed by the built-in format {fmt.name} too: read such files with --source {told.name}"
        for number, sample in enumerate(told.sample, 1)
        for fmt in all_formats().values()
        if fmt.claims(Head("sample", sample.text))
    ]


def _faults(told: Description, number: int, sample: Sample) -> Iterator[str]:
    try:
        trial = parse(made(told), sample.text.encode("utf-8"), name=f"sample {number}", options=Options(year=2026))
    except MailtrendError as error:
        yield f"sample {number}: {error.what}"
        return
    except duckdb.Error as error:
        yield f"sample {number}: {str(error).splitlines()[0]}"
        return
    if told.kind == "lines":
        stopped = list(_lines_that_stop(told, number, sample))
        yield from stopped
        if stopped:
            return
    rejected = [row for row in trial.rejects.to_pylist() if row["reason"] != "fits no pattern" or told.kind == "csv"]
    yield from (f"sample {number}, line {row['line']}: {row['reason']}\n  {row['text'][:200]}" for row in rejected)
    if not rejected:
        yield from _differences(trial, number, sample)


def _lines_that_stop(told: Description, number: int, sample: Sample) -> Iterator[str]:
    """Of each line that fits nothing, how far the best pattern got."""
    if not sample.expect and told.unmatched == "context":
        return
    for at, line in enumerate(sample.text.splitlines(), 1):
        wanted = [*(pattern.regex for pattern in told.pattern), *told.ignore]
        if not line.strip() or any(re.search(regex, line) for regex in wanted):
            continue
        place, pattern, far = max(
            (how_far(pattern.regex, line).place, index, how_far(pattern.regex, line))
            for index, pattern in enumerate(told.pattern)
        )
        name = told.pattern[pattern].name or f"pattern {pattern + 1}"
        yield (
            f"sample {number}, line {at}: fits no pattern; {name} gets furthest\n"
            f"  {line}\n  {' ' * place}^ here it stops\n"
            f"  fits:  {far.fits}\n  stops: {far.stops}"
        )


def _differences(trial: Trial, number: int, sample: Sample) -> Iterator[str]:
    found = trial.events.sort_by("line").to_pylist()
    if len(found) != len(sample.expect):
        yield f"sample {number}: gives {len(found)} events where {len(sample.expect)} are expected"
        return
    for event, expected in zip(found, sample.expect, strict=True):
        for name, value in expected.items():
            if not _same(event[name], value):
                yield f"sample {number}: {name} is {_shown(event[name])} where {_shown(value)} is expected"


def _same(found: Any, expected: Any) -> bool:  # noqa: ANN401 - any column
    if isinstance(found, datetime):
        try:
            wanted = expected if isinstance(expected, datetime) else datetime.fromisoformat(str(expected))
        except ValueError:
            return False
        return found == (wanted.astimezone(UTC).replace(tzinfo=None) if wanted.tzinfo else wanted)
    if isinstance(expected, str) and expected == "" and found is None:
        return True
    return bool(found == expected)


def _shown(value: Any) -> str:  # noqa: ANN401 - any column
    return "empty" if value is None else f"'{value}'"


def _unused(told: Description) -> Iterator[str]:
    """Patterns that no line of any sample comes to: nobody knows whether they are right."""
    lines = [line for sample in told.sample for line in sample.text.splitlines()]
    for number, pattern in enumerate(told.pattern):
        before: Mapping[int, Any] = dict(enumerate(told.pattern[:number]))
        if not any(
            re.search(pattern.regex, line) and not any(re.search(other.regex, line) for other in before.values())
            for line in lines
        ):
            yield f"{pattern.name or f'pattern {number + 1}'} fits no sample: add a [[sample]] for it"
