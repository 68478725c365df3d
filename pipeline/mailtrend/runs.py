"""The recipes: what each command does, stage after stage. Only here do the rooms meet; "now" comes in from above."""

from __future__ import annotations

import difflib
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend import contracts, warehouse
from mailtrend.errors import InputError, LakeError, SettingsError, UsageError
from mailtrend.ingest import IngestResult, Progress, Request
from mailtrend.ingest import ingest as read_into
from mailtrend.lake import Lake

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from mailtrend import report
    from mailtrend.formats.base import Format
    from mailtrend.formats.own import Description
    from mailtrend.settings import Settings

WEEK = timedelta(days=7)
FORMAT_MEND = "correct the file, and try it with `mailtrend formats --check FILE`; see docs/own-formats.md"


def ingest(root: Path, request: Request, settings: Settings, now: datetime, progress: Progress) -> IngestResult:
    """Read files into the lake at `root` and publish its catalogue."""
    result = read_into(root, replace(request, formats=checked_formats(settings)), now, progress)
    if any(not file.already for file in result.files):
        lake = Lake.open(root)
        _take_changes(lake, settings)
        warehouse.publish(lake)
    return result


def own_formats(settings: Settings) -> dict[Path, Description]:
    """The formats of the user's own that the settings lead to, by file. Raises SettingsError where one is wrong."""
    from mailtrend.formats.own import load_all

    return load_all(_own_files(settings))


def _own_files(settings: Settings) -> list[Path]:
    """`formats/*.toml` and `*.format.toml` beside mailtrend.toml and in the folder of the user's settings."""
    from typer import get_app_dir

    folders = [settings.folder, Path(get_app_dir("mailtrend"))]
    found = [path for folder in folders if folder is not None for path in _formats_in(folder)]
    if settings.formats is not None:
        folder = (settings.folder or Path()) / settings.formats
        if not folder.is_dir():
            raise SettingsError("no such folder", where=str(folder), mend="check `formats` in mailtrend.toml")
        found += sorted(folder.glob("*.toml"))
    return list(dict.fromkeys(path.resolve() for path in found))


def _formats_in(folder: Path) -> list[Path]:
    return sorted([*folder.glob("formats/*.toml"), *folder.glob("*.format.toml")])


def checked_formats(settings: Settings) -> dict[str, Format]:
    """The same, ready to read files. Raises SettingsError where one does not read its own samples."""
    from mailtrend.formats.own import made
    from mailtrend.ingest.samples import sample_faults

    found = {}
    for file, told in own_formats(settings).items():
        if faults := sample_faults(told):
            raise SettingsError(
                "\n".join(["does not read its own samples", *faults]), where=str(file), mend=FORMAT_MEND
            )
        found[told.name] = made(told)
    return found


def format_faults(file: Path) -> tuple[list[str], list[str]]:
    """How far each sample of a format of the user's own gets, where it is not read as expected; and what to know of it.

    Raises SettingsError where the file itself is wrong.
    """
    from mailtrend.formats.own import load
    from mailtrend.ingest.samples import built_in_claims, sample_faults

    told = load(file)
    return sample_faults(told), built_in_claims(told)


def format_starter(name: str) -> str:
    """A description of a format called `name` to begin with, as TOML. Raises UsageError for a name that cannot be."""
    from mailtrend.formats.own import starter

    return starter(name)


def _own_notes(settings: Settings) -> dict[str, tuple[str, ...]]:
    """What sources of the user's own cannot tell. A report does not need the descriptions: one may be gone or wrong."""
    with suppress(SettingsError):
        return {told.name: told.notes for told in own_formats(settings).values()}
    return {}


def _take_changes(lake: Lake, settings: Settings) -> bool:
    """Let the lake's `changes` hold those of mailtrend.toml as it is now, beside those that were ingested."""
    there = lake.table("changes")
    read = there.filter(pc.is_valid(there["file_id"]))
    told = pa.Table.from_pylist(
        [{**change.model_dump(), "tenant": settings.tenant, "file_id": None} for change in settings.change],
        schema=contracts.CHANGES,
    )
    wanted = pa.concat_tables([read, told])
    order = [("tenant", "ascending"), ("time", "ascending"), ("kind", "ascending"), ("subject", "ascending")]
    if wanted.sort_by(order).equals(there.sort_by(order)):
        return False
    lake.replace("changes", wanted)
    return True


def refreshed(root: Path, settings: Settings) -> Lake:
    """The lake with incidents and catalogue that fit its newest data."""
    lake = Lake.open(root)
    changed = _take_changes(lake, settings)
    if changed or lake.incidents_version != lake.version or not warehouse.fits(lake):
        warehouse.publish(lake)
        version = lake.version
        with warehouse.connect(root) as con:
            found = find_incidents(con, lake.table("incidents"))
        lake.replace("incidents", found, computed_at=version)
        warehouse.publish(lake)
    return lake


def find_incidents(con: DuckDBPyConnection, before: pa.Table) -> pa.Table:
    """Series → findings → facts → incidents, over all that the lake holds; `before` are those of the last time."""
    from mailtrend import detect, diagnose
    from mailtrend.warehouse.facts import incident_facts
    from mailtrend.warehouse.series import series

    as_of = warehouse.as_of(con)
    if as_of is None:
        return contracts.INCIDENTS.empty_table()
    found = series(con)
    facts = incident_facts(con, found, detect.find(found.frame), as_of)
    return diagnose.incidents(facts, before=before, now=as_of)


def catalogue(root: Path, settings: Settings) -> Path:
    """Path of the lake's DuckDB catalogue, up to date."""
    return refreshed(root, settings).root / warehouse.CATALOGUE


def incidents(root: Path, settings: Settings, since: datetime | None, until: datetime | None) -> pa.Table:
    """Incidents that touch the time between `since` and `until`, worst first."""
    refreshed(root, settings)
    with warehouse.connect(root) as con:
        return con.sql(
            """
            SELECT * FROM incidents
            WHERE ($since IS NULL OR ended_at IS NULL OR ended_at > $since)
              AND ($until IS NULL OR started_at < $until)
            ORDER BY list_position(['critical', 'warning', 'notice'], severity), ended_at IS NOT NULL, started_at DESC,
                     incident_id
            """,
            params={"since": since, "until": until},
        ).to_arrow_table()


def queries(settings: Settings) -> dict[str, warehouse.Query]:
    """Shipped queries and the user's own, by name."""
    return warehouse.queries(settings.queries)


def query_named(known: dict[str, warehouse.Query], name: str) -> warehouse.Query:
    """One of them. Raises UsageError with the nearest name."""
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    mend = f"did you mean '{near[0]}'?" if near else "see `mailtrend queries`"
    raise UsageError(f"no query '{name}'", where="ask", mend=mend)


def ask(root: Path, settings: Settings, query: warehouse.Query, params: dict[str, str]) -> pa.Table:
    """The answer to one query."""
    refreshed(root, settings)
    with warehouse.connect(root) as con:
        return warehouse.ask(con, query, params)


def adhoc(root: Path, settings: Settings, statement: str) -> pa.Table:
    """The answer to one SELECT over the lake; the user's own queries are known in it as macros."""
    refreshed(root, settings)
    with warehouse.connect(root) as con:
        for query in queries(settings).values():
            if query.own and query.macro in statement:
                warehouse.load(con, query)
        return warehouse.adhoc(con, statement)


def last_full_week(root: Path, settings: Settings) -> tuple[datetime, datetime]:
    """The last ISO week that the lake's data reaches the end of (to the hour), else the one it ends in."""
    refreshed(root, settings)
    with warehouse.connect(root) as con:
        [(oldest, newest)] = con.execute("SELECT min(event_time), max(event_time) FROM events").fetchall()
    if newest is None:
        raise LakeError("holds no events", where=str(root), mend="run `mailtrend ingest` first")
    return warehouse.last_full_week(newest, oldest)


def report_model(root: Path, settings: Settings, since: datetime | None, until: datetime | None) -> report.Model:
    """The report's model for a period; without one, for all that the lake holds."""
    from mailtrend import report

    refreshed(root, settings)
    with warehouse.connect(root) as con:
        warehouse.settle(con)
        return report.build(con, since, until, warehouse.as_of(con), _own_notes(settings))


def rendered(model: report.Model, to: str) -> str:
    """The report as text of one format: html, md or json."""
    from mailtrend import report

    return report.render(model, to)


def write_report(model: report.Model, target: Path, to: str | None = None) -> None:
    """The report into a file, whose ending decides the format where `to` is not given."""
    from mailtrend import report

    form = to or {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}.get(target.suffix.lower())
    if form is None:
        raise UsageError(f"unknown ending '{target.suffix}'", where=str(target), mend="one of .html, .md, .json")
    text = report.render(model, form)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(
            f"cannot be written ({error.strerror})", where=str(target), mend="check path and rights"
        ) from error


def lake_status(root: Path, settings: Settings) -> pa.Table:
    """Files, rows, events and times by source."""
    refreshed(root, settings)
    with warehouse.connect(root) as con:
        return con.sql(
            """
            SELECT source, count(*) AS files, sum(rows)::BIGINT AS rows, sum(used)::BIGINT AS used,
                   sum(context)::BIGINT AS context, sum(duplicates)::BIGINT AS duplicates,
                   sum(rejects)::BIGINT AS rejects, sum(events)::BIGINT AS events,
                   min(first_event) AS first_event, max(last_event) AS last_event
            FROM files
            GROUP BY source
            ORDER BY source
            """
        ).to_arrow_table()


def lake_faults(root: Path) -> list[str]:
    """What is wrong with the lake; empty if it is whole."""
    return Lake.open(root).check()


def detect_table(path: Path) -> pa.Table:
    """The detectors over an hourly table in CSV or Parquet. Raises InputError where it is no such table."""
    import polars as pl

    from mailtrend import detect

    try:
        frame = pl.read_parquet(path) if path.suffix.lower() == ".parquet" else pl.read_csv(path, try_parse_dates=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        first = str(error).splitlines()[0]
        raise InputError(
            f"cannot be read as a table ({first})", where=str(path), mend="CSV or Parquet is wanted"
        ) from error
    missing = {"series_id", "ts", "attempts", "failures"} - set(frame.columns)
    if missing:
        names = ", ".join(sorted(missing))
        mend = "columns: series_id, ts, attempts, failures, and where known messages, recipients"
        raise InputError(f"has no column {names}", where=str(path), mend=mend)
    return detect.find(frame).to_arrow()
