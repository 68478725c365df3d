"""A file whose dates can be read in two ways is read as its neighbours in the folder show, and refused without them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailtrend.formats.base import Options
from mailtrend.ingest import Request, ingest
from mailtrend.lake import Lake

HEADER = '"Received","SenderAddress","RecipientAddress","Status","MessageId","MessageTraceId"\r\n'
NOW = datetime(2026, 11, 2, tzinfo=UTC)
OPEN = "03/04/2026 08:00:00"


def export(path: Path, *dates: str) -> None:
    """A trace with these dates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (f'"{date}","ada@contoso.com","bo@fabrikam.com","Failed","<{path.stem}{at}@contoso.com>","{path.stem}{at}"\r\n'
            for at, date in enumerate(dates))  # fmt: skip
    path.write_text(HEADER + "".join(rows), encoding="utf-8", newline="")


def times(tmp_path: Path, **options: str) -> tuple[dict[str, list[datetime]], list[str], list[str]]:
    """What is in the lake by file, what was refused, and what was warned of."""
    result = ingest(tmp_path / "lake", Request((str(tmp_path / "in"),), options=Options(**options)), NOW)
    found: dict[str, list[datetime]] = {}
    if result.files:
        lake = Lake.open(tmp_path / "lake")
        import pyarrow.parquet as pq

        names = {row["file_id"]: Path(row["path"]).name for row in lake.table("files").to_pylist()}
        for file in lake.event_files():
            for event in pq.read_table(file.path, columns=["file_id", "event_time"]).to_pylist():
                found.setdefault(names[event["file_id"]], []).append(event["event_time"])
    warned = [warning for file in result.files for warning in file.tally.warnings]
    return found, [error.what for error in result.refused], warned


@pytest.mark.parametrize("name", ["a.csv", "z.csv"])
@pytest.mark.parametrize(
    ("shown", "wanted"),
    [("28/04/2026 08:00:00", datetime(2026, 4, 3, 8)), ("04/28/2026 08:00:00", datetime(2026, 3, 4, 8))],
)
def test_the_order_is_that_of_the_neighbours_whichever_is_read_first(tmp_path, name, shown, wanted):
    export(tmp_path / "in" / name, OPEN)
    export(tmp_path / "in" / "m.csv", shown)
    found, refused, warned = times(tmp_path)
    assert refused == []
    assert found[name] == [wanted]
    assert len(warned) == 1
    assert "m.csv" in warned[0]


def test_neighbours_that_differ_tell_nothing(tmp_path):
    export(tmp_path / "in" / "a.csv", OPEN)
    export(tmp_path / "in" / "b.csv", "28/04/2026 08:00:00")
    export(tmp_path / "in" / "c.csv", "04/28/2026 08:00:00")
    found, refused, _ = times(tmp_path)
    assert sorted(found) == ["b.csv", "c.csv"]
    assert len(refused) == 1
    assert "3 April 2026 or 4 March 2026" in refused[0]


def test_a_file_of_another_folder_or_of_another_way_of_writing_is_no_neighbour(tmp_path):
    export(tmp_path / "in" / "one" / "a.csv", OPEN)
    export(tmp_path / "in" / "two" / "b.csv", "28/04/2026 08:00:00")
    export(tmp_path / "in" / "one" / "c.csv", "4/28/2026 8:00:00 AM")
    found, refused, _ = times(tmp_path)
    assert sorted(found) == ["b.csv", "c.csv"]
    assert len(refused) == 1


def test_what_the_user_says_wins_over_the_neighbours(tmp_path):
    export(tmp_path / "in" / "a.csv", OPEN)
    export(tmp_path / "in" / "b.csv", "28/04/2026 08:00:00")
    found, refused, warned = times(tmp_path, date_order="mdy")
    assert (refused, warned) == ([], [])
    assert found["a.csv"] == [datetime(2026, 3, 4, 8)]
