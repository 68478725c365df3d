"""Cutting JSON: any records in any wrapping come back as they were written, and a reject shows its own object."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.ingest.decoding import Decoded
from mailtrend.ingest.json_records import Pages, json_pieces
from mailtrend.ingest.rows import Ragged
from support.exports import column, read

NAME = "exo_graph_trace"
PIECES = (
    "},{",
    "{",
    "}",
    "[",
    "],[{",
    "\\",
    '"',
    '},{"id',
    "\n",
    '},\n{"',
    "é",
    "\u2028",
    '"},{"id":"1',
    ":[{",
    " },{ ",
    "w",
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
OBJECTS = st.fixed_dictionaries(
    {"subject": TEXTS, "size": st.integers(0, 9), "toIP": st.none()},
    optional={
        "__metadata": st.fixed_dictionaries({"uri": TEXTS, "x": st.just({})}),
        "tags": st.lists(TEXTS, max_size=2),
    },
)
STYLES = ({}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False})


def wrapped(records: Sequence[Any], how: str, style: dict[str, Any]) -> str:
    """A file of these records."""
    if how == "lines":
        return "\r\n".join(json.dumps(each) for each in records)
    if how == "one behind the other":
        return "".join(json.dumps(each, **style) for each in records)
    pages: dict[str, Any] = {
        "array": records,
        "Graph": {"@odata.context": "x#{y}", "value": records, "@odata.nextLink": "https://x?{z}"},
        "service": {"d": {"results": records, "__next": "x"}},
        "PowerShell": {"value": records, "Count": len(records)},
    }
    return json.dumps(pages[how], **style)


def cut(data: bytes, size: int) -> tuple[list[dict[str, Any]], list[Ragged]]:
    """Rows and rejects, read in pieces of `size` bytes."""
    rows: list[dict[str, Any]] = []
    rejects: list[Ragged] = []
    for _, parsed in json_pieces(Decoded(io.BytesIO(data)), Pages(), size):
        rows += parsed.table.to_pylist()
        rejects += parsed.rejects
    return rows, rejects


@settings(max_examples=150, deadline=None)
@given(
    records=st.lists(OBJECTS, min_size=1, max_size=5),
    how=st.sampled_from(("lines", "one behind the other", "array", "Graph", "service", "PowerShell")),
    style=st.sampled_from(STYLES),
    size=st.sampled_from((37, 101, 1 << 20)),
)
def test_sound_records_come_back_as_they_were_written_whatever_their_texts_look_like(records, how, style, size):
    data = wrapped(records, how, style).encode()
    rows, rejects = cut(data, size)
    assert [json.loads(row["text"]) for row in rows] == records
    assert not rejects
    for row in rows:
        place = int(row["place"])
        assert data[place : place + 1] == b"{"
        assert row["line"] == data.count(b"\n", 0, place) + 1


def trace(number: int, **members: Any) -> dict[str, Any]:
    """A trace as Graph gives it."""
    return {
        "id": f"{number:08x}-3c5a-4d10-9b21-08de00000000", "senderAddress": "ada@contoso.com",
        "recipientAddress": f"r{number}@fabrikam.com", "messageId": f"<{number}@contoso.com>", "size": 7,
        "receivedDateTime": "2026-10-12T07:03:11Z", "toIP": "203.0.113.25", "status": "failed",
    } | members  # fmt: skip


@pytest.mark.parametrize("style", STYLES, ids=["one line", "many lines", "compact", "not escaped"])
def test_a_reject_shows_its_own_object_and_where_it_begins(style):
    traces = [trace(1), trace(2, receivedDateTime="soon"), trace(3), trace(4, recipientAddress="")]
    data = json.dumps({"value": traces}, **style).encode()
    rejects = read(NAME, data).rejects.to_pylist()
    assert [reject["reason"] for reject in rejects] == ["unreadable date 'soon'", "no recipient"]
    assert [json.loads(reject["text"]) for reject in rejects] == [traces[1], traces[3]]
    for reject in rejects:
        assert data[reject["byte_offset"] :].startswith(reject["text"].encode())


SPELLINGS = (
    ("MessageTraceID", "ToIP", "Status", "RecipientAddress", "SenderAddress", "Received", "Size", "MessageID"),
    ("messagetraceid", "toip", "status", "recipientaddress", "senderaddress", "received", "size", "messageid"),
    ("ID", "ToIp", "STATUS", "RECIPIENTADDRESS", "SENDERADDRESS", "RECEIVEDDATETIME", "SIZE", "MESSAGEID"),
)


@pytest.mark.parametrize("names", SPELLINGS, ids=["ID", "small", "capital"])
def test_names_are_known_in_any_case(names):
    values = ("5D2B7A10-1111-4A4A-8B8B-0123456789AB", "192.0.2.25", "Failed", "bo@fabrikam.com", "ann@contoso.com",
              "2026-10-12T07:03:11Z", "12", "<one@contoso.com>")  # fmt: skip
    trial = read(NAME, json.dumps([dict(zip(names, values, strict=True)), trace(1)]))
    assert column(trial, "network_message_id") == [values[0].lower(), trace(1)["id"]]
    assert column(trial, "message_id") == ["one@contoso.com", "1@contoso.com"]
    assert column(trial, "remote_ip") == ["192.0.2.25", "203.0.113.25"]
    assert column(trial, "size_bytes") == [12, 7]
