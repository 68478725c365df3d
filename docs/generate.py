"""Writes the pages of docs/ that come from the program itself: tables, queries and formats.

uv run python docs/generate.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from mailtrend import contracts, warehouse
from mailtrend.formats import all_formats

HERE = Path(__file__).resolve().parent
TABLES = {
    "events": (contracts.EVENTS, "one row per thing that one source says happened to one recipient of one message"),
    "incidents": (contracts.INCIDENTS, "what the detectors found, explained"),
    "failing_places": (contracts.FAILING_PLACES, "who runs the server at each place where mail failed"),
    "verdicts": (contracts.VERDICTS, "what each combination of codes and cause means, and who has to act"),
    "files": (contracts.FILES, "the ingest ledger: rows = used + context + duplicates + rejects"),
    "rejects": (contracts.REJECTS, "rows that could not be read"),
    "connectors": (
        contracts.CONNECTORS,
        "from Get-OutboundConnector, Get-InboundConnector, Get-SendConnector and Get-ReceiveConnector",
    ),
    "accepted_domains": (contracts.ACCEPTED_DOMAINS, "from Get-AcceptedDomain"),
    "remote_domains": (contracts.REMOTE_DOMAINS, "from Get-RemoteDomain"),
    "changes": (contracts.CHANGES, "from changes.csv and mailtrend.toml"),
    "status_codes": (contracts.STATUS_CODES, "the book of status codes"),
}


def tables() -> str:
    """Every stored table with its columns."""
    views = "Views on these (`attempts`, `messages`, `failures`, …) are described by `COMMENT ON` in the database."
    out = ["# Tables", "", f"All times are UTC. {views}", ""]
    for name, (schema, meaning) in TABLES.items():
        out += [
            f"## `{name}`",
            "",
            f"{meaning[0].upper()}{meaning[1:]}.",
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        comments = contracts.comments(schema)
        out += [f"| `{field.name}` | {field.type} | {comments[field.name]} |" for field in schema]
        out.append("")
    return "\n".join(out)


def queries() -> str:
    """Every shipped query with its question, parameters and columns."""
    out = [
        "# Queries",
        "",
        "Each is a DuckDB table macro: `mailtrend ask NAME`, or `FROM macro(…)` in any DuckDB client.",
        "",
    ]
    for name, query in sorted(warehouse.queries().items()):
        out += [f"## {name}", "", query.question, "", f"`FROM {query.macro}()`", ""]
        out += [f"* `{key}`: {meaning}" for key, meaning in query.parameters.items()]
        out += ["", "| column | meaning |", "|---|---|"]
        out += [f"| `{column}` | {meaning} |" for column, meaning in query.columns.items()]
        out.append("")
    return "\n".join(out)


def formats() -> str:
    """Every source format, and what it cannot tell."""
    out = [
        "# Source formats",
        "",
        "A file is known by its content, never by its name alone. A log that is not here can be described in a TOML",
        "file: [own-formats.md](own-formats.md). How much of public test logs is understood:",
        "[public-logs.md](public-logs.md).",
        "",
    ]
    for fmt in all_formats().values():
        out += [f"## `{fmt.name}`", "", f"{fmt.title}. Documented at <{fmt.reference}>.", ""]
        out += [f"* {note}" for note in fmt.notes] + ([""] if fmt.notes else [])
    return "\n".join(out)


def pages() -> dict[Path, str]:
    """Path of each generated page, and its text."""
    return {HERE / "tables.md": tables(), HERE / "queries.md": queries(), HERE / "formats.md": formats()}


def main() -> int:
    """Write the pages; with --check only say which are out of date."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        print("\n".join(f"out of date: {path.name}" for path in stale) or "docs are up to date")
        return bool(stale)
    for path in stale:
        path.write_text(pages()[path], encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
