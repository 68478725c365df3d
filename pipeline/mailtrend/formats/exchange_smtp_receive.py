"""Exchange SMTP receive protocol log: what this server answered to its clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from mailtrend.formats._smtp_protocol import CARRY, REFERENCE, SHAPE, sessions_sql, side_of
from mailtrend.formats.base import FileFacts, Format, Head


def _claims(head: Head) -> bool:
    return side_of(head) == "Receive"


def _prepare(_rows: pa.Table, _facts: FileFacts) -> Mapping[str, str]:
    return {"sessions": sessions_sql("Receive")}


FORMAT: Final = Format(
    name="exchange_smtp_receive",
    title="Exchange SMTP receive protocol log (RECV*.LOG)",
    reference=REFERENCE,
    shape=SHAPE,
    claims=_claims,
    grain="unit",
    hop="exchange",
    rank=8,
    prepare=_prepare,
    carry_sql=CARRY,
    notes=(
        "The name that a client gives of itself proves nothing: only its address is kept.",
        "Clients that hang up without having named a recipient are no failure of a message and give no event.",
    ),
)
