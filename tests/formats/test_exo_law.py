"""The law of ingest over arbitrary cells: every row is used, context, duplicate or reject, and none is lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.exports import HEADERS, read, table

SOURCES = ("exo_message_trace", "exo_trace_detail", "exo_extended", "exo_enhanced_summary")
TIMES = ("2026-10-22T09:41:12.3450000Z", "22.10.2026 09:41:12", "10/22/2026 9:41:12 AM", "", "31.09.2026 09:41:12")
WORDS = ("FAIL", "Defer", "SEND", "Receive", "Drop", "Status", "event", "EVENT_ID", "Failed", "recipient_status")
LISTS = ("a@contoso.com;b@contoso.com", '"a;b"@contoso.com##Receive, Fail;c@contoso.com##Receive', "[{LED=450 ;x}];[y]",
         ";;", "##", "<>", '<root><MEP Name="ConnectorId" String="x"/>', "\\Default x")  # fmt: skip
CELLS = st.one_of(
    st.sampled_from((*TIMES, *WORDS, *LISTS)),
    st.text(alphabet="ab@.;#<>[]{}=, \"'&\\\n%$0159é\u202f", max_size=12),
)


@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_row_vanishes_and_reading_an_export_twice_adds_nothing(source, data):
    columns = tuple(name.strip('"') for name in HEADERS[source].split(","))
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, CELLS)), min_size=1, max_size=8))
    text = table(columns, *rows)
    once, twice = read(source, text), read(source, text, text)
    assert once.counts["rows"] == len(rows)
    assert twice.counts["rows"] == 2 * len(rows)
    assert twice.counts["events"] == once.counts["events"]
