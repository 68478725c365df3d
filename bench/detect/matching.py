"""Which flag belongs to which labelled incident: one to one, the nearest start first.

A flag matches an incident of its series when it starts within the tolerance of the incident's kind around
[onset, first_seen], overlaps it (two hours of slack), and is no longer than four times the incident and two days.
"""

from __future__ import annotations

from typing import Final

import polars as pl

KINDS: Final = {
    "step": "sustained",
    "cert": "sustained",
    "recovered": "sustained",
    "periodic": "recurring",
    "silent": "silence",
}
"""Other names that labels use, and the name that mailtrend has for the same thing."""

_TOLERANCE: Final = {
    "burst": 3, "cert": 12, "step": 24, "new_code": 24, "recovered": 12, "flapping": 12,
    "periodic": 49, "recurring": 49, "silent": 24, "silence": 24, "drift": 48,
}  # fmt: skip
"""Hours around [onset, first_seen]; `sustained` has 24 while it lasts and 12 where it has ended."""

_SLACK: Final = 2.0


def timed(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The columns of times as hours since 1970, as Float64."""
    return frame.with_columns(pl.col(name).cast(pl.Datetime("us")).cast(pl.Int64) / 3.6e9 for name in names)


def labels_in_hours(labels: pl.DataFrame) -> pl.DataFrame:
    """Labels with hours, a number, the kind in mailtrend's words, and the tolerance of each in hours."""
    also = pl.col("also") if "also" in labels.columns else pl.lit("")
    lasting = pl.col("end") - pl.col("onset")
    return (
        timed(labels, "onset", "first_seen", "end")
        .with_row_index("label")
        .with_columns(
            pl.when(pl.col("kind") == "drift")
            .then((0.6 * lasting).clip(upper_bound=168.0).clip(lower_bound=48.0))
            .when(pl.col("kind") == "sustained")
            .then(pl.when("ongoing").then(24.0).otherwise(12.0))
            .otherwise(pl.col("kind").replace_strict(_TOLERANCE, default=None, return_dtype=pl.Float64))
            .alias("tolerance"),
            pl.col("kind").replace(KINDS),
            also.fill_null("").alias("also"),
        )
    )


def flags_in_hours(flags: pl.DataFrame) -> pl.DataFrame:
    """Flags (series_id, onset, end, kind) with hours and a number."""
    return timed(
        flags.select("series_id", "onset", "end", pl.col("kind").fill_null("")), "onset", "end"
    ).with_row_index("flag")


def matched(labels: pl.DataFrame, flags: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs (label, flag, error) that belong together, and what became of every flag.

    labels, flags: as labels_in_hours and flags_in_hours give them. The second frame has flag and state: tp, ignored
    (it touches an incident that nobody could see), fragment (of a matched incident), misplaced or fp.
    """
    touching = _touching(labels, flags)
    pairs = _greedy(touching.filter(pl.col("near") & (pl.col("error") <= pl.col("tolerance"))))
    taken = pl.col("label").is_in(pairs["label"].implode())
    first_touched = (
        touching.join(pairs, on="flag", how="anti")
        .sort("flag", "label")
        .with_columns(pl.when(taken).then(pl.lit("fragment")).otherwise(pl.lit("misplaced")).alias("state"))
        .group_by("flag", maintain_order=True)
        .agg(pl.when(pl.col("care").all()).then(pl.col("state").first()).otherwise(pl.lit("ignored")).alias("state"))
    )
    seen = pairs.select("flag", pl.when("care").then(pl.lit("tp")).otherwise(pl.lit("ignored")).alias("state"))
    states = flags.select("flag").join(pl.concat([seen, first_touched]), on="flag", how="left")
    return pairs.select("label", "flag", "error"), states.with_columns(pl.col("state").fill_null("fp")).sort("flag")


def _touching(labels: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    both = labels.join(flags.rename({"onset": "from", "end": "to", "kind": "said"}), on="series_id")
    late, early = pl.col("from") - pl.col("first_seen"), pl.col("onset") - pl.col("from")
    short = (pl.col("to") - pl.col("from")) <= 4 * (pl.col("end") - pl.col("onset")) + 48
    return both.filter(
        (pl.col("from") < pl.col("end") + _SLACK) & (pl.col("to") > pl.col("onset") - _SLACK)
    ).with_columns(pl.max_horizontal(late, early, pl.lit(0.0)).alias("error"), short.alias("near"))


def _greedy(candidates: pl.DataFrame) -> pl.DataFrame:
    """Of each series the nearest pair, then the nearest of what is left, until nothing is."""
    left = candidates.sort("series_id", "error", "label", "flag")
    chosen = [left.clear()]
    while left.height:
        best = left.unique("series_id", keep="first", maintain_order=True)
        chosen.append(best)
        left = left.join(best, on="label", how="anti").join(best, on="flag", how="anti")
    return pl.concat(chosen)
