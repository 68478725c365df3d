"""The samples of every format: known by content, claimed by no other, and read as was written down by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtrend import contracts
from mailtrend.formats import all_formats
from mailtrend.formats.base import Options
from mailtrend.ingest.finding import find_inputs
from mailtrend.ingest.opening import Input
from mailtrend.ingest.sniff import head_of
from mailtrend.ingest.trial import parse
from support import truth

BY_HAND = truth.by_hand()
MADE_BY_INGEST = frozenset({"tenant", "source", "file_id"})


def inputs(folder: Path) -> list[Input]:
    """Every file of a folder, archives opened."""
    found = list(find_inputs([str(folder)], folder))
    assert all(isinstance(each, Input) for each in found)
    return [each for each in found if isinstance(each, Input)]


def told(event: dict[str, object]) -> dict[str, object]:
    """What is set of an event, times as text."""
    return {
        name: value.isoformat() if name == "event_time" else value
        for name, value in event.items()
        if value is not None and name not in MADE_BY_INGEST
    }


def test_every_source_of_the_contract_is_read():
    assert set(all_formats()) <= set(contracts.SOURCES)


@pytest.mark.parametrize("name", sorted(all_formats()))
def test_every_format_has_samples_that_are_its_own_and_no_others(name):
    samples = inputs(truth.SAMPLE / name)
    assert samples
    for sample in samples:
        head, _ = head_of(sample)
        assert [fmt.name for fmt in all_formats().values() if fmt.claims(head)] == [name], sample.label


@pytest.mark.parametrize("name", BY_HAND)
def test_a_sample_gives_the_events_that_stand_in_it(name):
    samples = inputs(truth.SAMPLE / name)
    ledger = BY_HAND[name]["files"]
    assert [sample.label.split("sample_logs/", 1)[1] for sample in samples] == [file["path"] for file in ledger]
    found: list[dict[str, object]] = []
    for sample, file in zip(samples, ledger, strict=True):
        with sample.open() as stream:
            trial = parse(all_formats()[name], stream.read(), name=sample.path.name, options=Options(year=2026))
        assert trial.counts == {
            **{key: file[key] for key in ("rows", "used", "context", "duplicates", "rejects")},
            "events": trial.events.num_rows,
        }
        found += [{"path": file["path"], **told(event)} for event in trial.events.to_pylist()]
    assert found == BY_HAND[name]["events"]
