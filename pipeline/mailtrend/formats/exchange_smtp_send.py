"""Exchange SMTP send protocol log: what remote servers answered to this server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from mailtrend.formats._smtp_protocol import CARRY, REFERENCE, SHAPE, sessions_sql, side_of
from mailtrend.formats.base import FileFacts, Format, Head


def _claims(head: Head) -> bool:
    return side_of(head) == "Send"


def _prepare(_rows: pa.Table, _facts: FileFacts) -> Mapping[str, str]:
    return {"sessions": sessions_sql("Send")}


FORMAT: Final = Format(
    name="exchange_smtp_send",
    title="Exchange SMTP send protocol log (SEND*.LOG)",
    reference=REFERENCE,
    shape=SHAPE,
    claims=_claims,
    grain="unit",
    hop="exchange",
    rank=7,
    prepare=_prepare,
    carry_sql=CARRY,
    notes=(
        "A failed connection or TLS handshake names no recipient and no code: such events have neither.",
        "A send connector that proxies through a front end shows each session twice; the inner one is marked internal.",
    ),
)
