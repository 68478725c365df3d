"""What became of each file, as a table: rows = used + context + duplicates + rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from mailtrend.ingest import IngestResult

COUNTS = ("rows", "used", "context", "duplicates", "rejects", "events")


def ledger(result: IngestResult) -> pa.Table:
    """One row a file, in the order read."""
    import pyarrow as pa

    rows = [
        {
            "path": file.label,
            "source": file.source,
            **{name: getattr(file.tally, name) for name in COUNTS},
            "note": "already in the lake" if file.already else "",
        }
        for file in result.files
    ]
    kinds = [("path", pa.string()), ("source", pa.string()), *((name, pa.int64()) for name in COUNTS)]
    return pa.Table.from_pylist(rows, schema=pa.schema([*kinds, ("note", pa.string())]))


def totals(result: IngestResult) -> str:
    """The same in one sentence, over all files."""
    sums = {name: sum(int(getattr(file.tally, name)) for file in result.files) for name in COUNTS}
    refused = f"; {len(result.refused)} not read, see above" if result.refused else ""
    files = "1 file" if len(result.files) == 1 else f"{len(result.files)} files"
    return (
        f"{files}: {sums['rows']:,} rows = {sums['used']:,} used + {sums['context']:,} context "
        f"+ {sums['duplicates']:,} duplicates + {sums['rejects']:,} rejects; {sums['events']:,} new events{refused}"
    )
