"""Big single files for the benchmarks: any number of rows of one format, written as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from synth import big_exo, big_postfix, big_protocol

MAKERS: Final[dict[str, Callable[[int, int], Iterator[str]]]] = {
    "exo_message_trace": big_exo.traces,
    "exo_extended": big_exo.extended,
    "exchange_smtp_send": big_protocol.send,
    "exchange_smtp_receive": big_protocol.receive,
    "postfix": big_postfix.log,
}


def write(name: str, rows: int, out: Path, seed: int = 1) -> int:
    """Write `rows` data rows of the format `name` to `out`; gives the bytes written."""
    encoding = "utf-16-le" if name == "exo_extended" else "utf-8"
    total = 0
    with out.open("wb") as file:
        if encoding == "utf-16-le":
            total += file.write(b"\xff\xfe")
        for text in MAKERS[name](rows, seed):
            total += file.write(text.encode(encoding))
    return total
