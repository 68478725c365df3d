"""The recipes: what each command does, stage after stage. Only here do the rooms meet; "now" comes in from above."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend import contracts, owncodes, ownformats, warehouse
from mailtrend.errors import InputError, LakeError, UsageError, nearest
from mailtrend.ingest import IngestResult, Progress, Request
from mailtrend.ingest import ingest as read_into
from mailtrend.lake import Lake

if TYPE_CHECKING:
    import polars as pl
    from duckdb import DuckDBPyConnection

    from mailtrend import report
    from mailtrend.detect import Thresholds
    from mailtrend.diagnose import Rules
    from mailtrend.diagnose.verified import Verification
    from mailtrend.knowledge import Book, Place
    from mailtrend.settings import Settings

WEEK = timedelta(days=7)


def ingest(root: Path, request: Request, settings: Settings, now: datetime, progress: Progress) -> IngestResult:
    """Read files into the lake at `root` and publish its catalogue."""
    book = owncodes.book_of(settings)
    result = read_into(root, replace(request, formats=ownformats.checked(settings), book=book), now, progress)
    if any(not file.already for file in result.files):
        lake = Lake.open(root)
        _take_changes(lake, settings)
        warehouse.publish(lake, book)
    return result


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
    """The lake with incidents, who has to act, and a catalogue that fit its newest data."""
    from mailtrend.diagnose import Rules
    from mailtrend.diagnose.standing import remembered
    from mailtrend.warehouse.owning import owning

    lake = Lake.open(root)
    book = owncodes.book_of(settings)
    if stale := _take_changes(lake, settings) or not warehouse.fits(lake, book):
        warehouse.publish(lake, book)
    version = lake.version
    if stale or lake.incidents_version != version or lake.incidents_rules != settings.rules_digest:
        with warehouse.connect(root) as con:
            owned = owning(con, book)
            rules = Rules(settings, lake.table("acknowledged"))
            found, acknowledged = find_incidents(con, lake.incidents_before(remembered), book, rules)
        if acknowledged.num_rows or rules.acknowledged.num_rows:
            owned["acknowledged"] = acknowledged
        # Incidents last: what was worked out is told by them.
        for name, rows in {**owned, "incidents": found}.items():
            lake.replace(name, rows, computed_at=version, computed_with=settings.rules_digest)
        warehouse.publish(lake, book)
    return lake


def find_incidents(
    con: DuckDBPyConnection, before: pa.Table, book: Book | None, rules: Rules
) -> tuple[pa.Table, pa.Table]:
    """Series → findings → facts → incidents, over all that the lake holds; `before` as told at an earlier version.

    Gives the incidents under the user's rules, and what has to be kept of acknowledgements.
    """
    from mailtrend import diagnose, knowledge
    from mailtrend.warehouse.facts import incident_facts
    from mailtrend.warehouse.series import series

    as_of = warehouse.as_of(con)
    if as_of is None:
        return before, rules.acknowledged
    # DuckDB counts while the detectors are loaded.
    loading = Thread(target=_load_detectors)
    loading.start()
    found = series(con)
    loading.join()
    from mailtrend import detect

    limits = _limits(rules.settings)
    clocks = warehouse.newest_by_tenant(con)
    facts = incident_facts(con, found, detect.find(found.frame, limits), as_of, rules.settings, clocks)
    known, first = partial(knowledge.verdict, book=book), warehouse.oldest(con)
    return diagnose.under_rules(facts, rules, before=before, now=as_of, oldest=first, verdict=known)


def _limits(settings: Settings) -> Thresholds:
    """The limits of the detectors, with those that the user has set."""
    from mailtrend.detect import Thresholds

    return Thresholds()._replace(**settings.thresholds.given)


def _load_detectors() -> None:
    from mailtrend.detect.warming import warm_up

    warm_up()


def catalogue(root: Path, settings: Settings) -> Path:
    """Path of the lake's DuckDB catalogue, up to date."""
    return refreshed(root, settings).root / warehouse.CATALOGUE


def incidents(root: Path, settings: Settings, since: datetime | None, until: datetime | None) -> pa.Table:
    """Incidents that touch the time between `since` and `until`, worst first, those that are set aside last."""
    refreshed(root, settings)
    with warehouse.connect(root) as con:
        return con.sql(
            """
            SELECT * FROM incidents
            WHERE ($since IS NULL OR ended_at IS NULL OR ended_at > $since)
              AND ($until IS NULL OR started_at < $until)
            ORDER BY set_aside IS NOT NULL, list_position(['critical', 'warning', 'notice'], severity),
                     ended_at IS NOT NULL, started_at DESC, incident_id
            """,
            params={"since": since, "until": until},
        ).to_arrow_table()


def data_until(root: Path) -> datetime | None:
    """Up to when the data reach, UTC without zone; None where there are none."""
    with warehouse.connect(root) as con:
        return warehouse.as_of(con)


def taken_back(root: Path) -> list[str]:
    """Incidents that were told at an earlier version of the data and are not there any more, a sentence each."""
    from mailtrend.diagnose.revisions import taken_back as told

    lake = Lake.open(root)
    return told(lake.table("incidents_before").to_pylist(), lake.table("incidents").to_pylist())


def queries(settings: Settings) -> dict[str, warehouse.Query]:
    """Shipped queries and the user's own, by name."""
    return warehouse.queries(settings.queries)


def query_named(known: dict[str, warehouse.Query], name: str) -> warehouse.Query:
    """One of them. Raises UsageError with the nearest name."""
    if name in known:
        return known[name]
    raise UsageError(f"no query '{name}'", where="ask", mend=nearest(name, known, "see `mailtrend queries`"))


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
        return report.build(con, since, until, warehouse.as_of(con), ownformats.notes(settings), settings)


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


def verify(
    root: Path, settings: Settings, connector: str, since: datetime, code: str | None = None,
    destination: str | None = None, tenant: str | None = None, *, propagation: timedelta,
) -> Verification:  # fmt: skip
    """Whether a change of `since` made the code go away on a connector. Raises UsageError for names not in the lake."""
    from mailtrend.diagnose.verified import verify as judged
    from mailtrend.warehouse import naming
    from mailtrend.warehouse.verification import figures

    wanted = naming.checked_code(code)
    refreshed(root, settings)
    with warehouse.connect(root) as con:
        asked = naming.asked(con, connector, since, since + propagation, destination, tenant)
        return judged(figures(con, asked, naming.fault_of(con, asked, wanted)))


def whereabouts(root: Path, connector: str | None, host: str | None, domain: str | None) -> Place | None:
    """Whose server a reply comes from, as far as the lake tells. Raises UsageError for an unknown connector."""
    from mailtrend.warehouse.whereabouts import whereabouts as found

    with warehouse.connect(root) as con:
        return found(con, connector, host, domain)


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


def detect_table(path: Path, settings: Settings) -> pa.Table:
    """The detectors over an hourly table in CSV or Parquet, within the user's thresholds.

    Raises InputError where it is no such table.
    """
    from mailtrend import detect

    return detect.find(_series_of(path), _limits(settings)).to_arrow()


def why_not(path: Path, series_id: str, settings: Settings) -> list[str]:
    """Why one series of such a table was not flagged. Raises UsageError with the nearest name where it has no such."""
    from mailtrend import detect

    return detect.why_not(_series_of(path), series_id, _limits(settings))


def _series_of(path: Path) -> pl.DataFrame:
    import polars as pl

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
    return frame
