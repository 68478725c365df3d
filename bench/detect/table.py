"""Scores as tables of text."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from detect.score import Score, Scored
from detect.sets import Labelled

HEAD = ("set", "detector", "F1", "prec", "recall", "alarms", "onset", "p90", "end", "kind", "seconds")
_WIDTHS = (16, 20, 6, 6, 7, 8, 7, 7, 7, 6, 9)


def line(cells: Iterable[str]) -> str:
    """Two columns of names, then figures to the right."""
    out = [
        cell.ljust(width) if at < 2 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ]
    return "".join(out).rstrip()


def row(name: str, detector: str, score: Score, seconds: float) -> str:
    """One detector on one set: alarms per 1,000 quiet series, errors in hours."""
    events = score.incidents > 0
    return line(
        (
            name,
            detector,
            *(f"{value:.3f}" if events else "-" for value in (score.f1, score.precision, score.recall)),
            _figure(score.alarms, 1),
            *(_figure(value, 1) for value in (score.onset_median, score.onset_p90, score.end_median)),
            _figure(score.kind, 3),
            f"{seconds:.1f}",
        )
    )


def missing(name: str, detector: str) -> str:
    """The line of a reference that cannot run here."""
    return f"{name.ljust(_WIDTHS[0])}{detector.ljust(_WIDTHS[1])}not installed"


def details(labelled: Labelled, scored: Scored) -> str:
    """Found of visible incidents by kind and by what went wrong; alarms on quiet series by sort of noise."""
    score = scored.score
    lines = []
    if score.incidents:
        kinds = "  ".join(f"{kind} {found}/{of}" for kind, (found, of) in score.recall_by_kind.items())
        lines.append(f"  recall: {kinds}")
        if "sort" in scored.misses.columns:
            lines.append(f"  missed: {_counted(scored.misses)}")
    if scored.misnamed.height and score.kind is not None:
        pairs = scored.misnamed.select(sort=pl.format("{} as {}", "kind", "said"))
        lines.append(f"  named: {_counted(pairs)}")
    if score.quiet:
        lines.append(f"  alarms per 1,000 quiet series by noise: {by_sort(scored.on_quiet, labelled)}")
    return "\n".join(lines)


def _counted(misses: pl.DataFrame) -> str:
    number = misses["sort"].value_counts().sort("count", "sort", descending=[True, False])
    return "  ".join(f"{sort} {count}" for sort, count in number.iter_rows()) or "none"


def by_sort(flags: pl.DataFrame, labelled: Labelled) -> str:
    """Flags per 1,000 quiet series for every sort of noise, the worst first; sorts without any are left out."""
    quiet = labelled.sorts.join(labelled.labels, on="series_id", how="anti")
    number = quiet.group_by("sort").len("of")
    table = (
        flags.join(quiet, on="series_id").group_by("sort", "kind").len().join(number, on="sort")
        .with_columns((1000 * pl.col("len") / pl.col("of")).alias("per"))
        .sort("per", "sort", "kind", descending=[True, False, False])
    )  # fmt: skip
    told = (f"{sort} {kind} {per:.0f} ({count} on {of})" for sort, kind, count, of, per in table.iter_rows())
    return "  ".join(told) or "none"


def listing(scored: Scored) -> str:
    """Each miss and each false alarm in a line of its own."""
    misses = scored.misses.select(
        pl.format(
            "missed {} {} {} – {} {}",
            "series_id",
            "kind",
            _time("onset"),
            _time("end"),
            pl.col("sort") if "sort" in scored.misses.columns else pl.lit(""),
        )
    ).to_series()
    falses = scored.falses.select(
        pl.format("{} {} {} {} – {}", "state", "series_id", "kind", _time("onset"), _time("end"))
    ).to_series()
    return "\n".join([*misses.to_list(), *falses.to_list()])


def _time(name: str) -> pl.Expr:
    return (pl.col(name) * 3.6e9).cast(pl.Int64).cast(pl.Datetime("us")).dt.strftime("%m-%d %H:%M")


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
