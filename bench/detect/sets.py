"""Sets of labelled series: generated here, or read from a folder with series.parquet and labels.parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from detect import hourly, messages, truth
from detect.hourly import Drawn


class Labelled(NamedTuple):
    """Series (columns of contracts.SERIES), labels (truth.COLUMNS or less), and the sort of noise by series_id."""

    name: str
    series: pl.DataFrame
    labels: pl.DataFrame
    sorts: pl.DataFrame


def together(name: str, drawn: Iterable[Drawn]) -> Labelled:
    """One set of many series."""
    every = list(drawn)
    frame = pl.concat([one.frame for one in every])
    labels = pl.DataFrame([row for one in every for row in one.labels], schema=truth.COLUMNS)
    ids = [str(one.frame["series_id"][0]) for one in every if one.frame.height]
    sorts = pl.DataFrame({"series_id": ids, "sort": [one.sort for one in every if one.frame.height]})
    return Labelled(name, frame, labels, sorts)


def drawn_hourly(number: int, seed: int) -> Labelled:
    """So many series drawn hour by hour; half of them without an incident."""
    return together("hourly", (hourly.one(seed, each) for each in range(number)))


def quiet_hourly(number: int, seed: int) -> Labelled:
    """So many series drawn hour by hour, and nothing ever wrong."""
    return together("quiet hourly", (hourly.one(seed, each, quiet=True, name="qh") for each in range(number)))


def drawn_messages(number: int, seed: int) -> Labelled:
    """So many series counted from simulated messages; half of them without an incident."""
    return together("messages", (messages.one(seed, each) for each in range(number)))


def quiet_messages(number: int, seed: int) -> Labelled:
    """So many series counted from simulated messages, and nothing ever wrong."""
    return together("quiet messages", (messages.one(seed, each, quiet=True, name="qm") for each in range(number)))


def from_folder(folder: Path) -> Labelled:
    """A set on disk; sorts.parquet (series_id, sort) may be missing. Raises FileNotFoundError."""
    series, labels = (pl.read_parquet(folder / f"{name}.parquet") for name in ("series", "labels"))
    file = folder / "sorts.parquet"
    sorts = (
        pl.read_parquet(file) if file.exists() else series.select("series_id").unique().with_columns(sort=pl.lit("-"))
    )
    return Labelled(folder.name, series, labels, sorts)


Maker = Callable[[int, int], Labelled]
"""From a number of series and a seed to a set."""
