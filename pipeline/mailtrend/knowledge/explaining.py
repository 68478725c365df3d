"""A code or a whole error text → everything that is known of it, for `mailtrend explain`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb
import pyarrow as pa

from mailtrend.knowledge.certificates import FIELDS, certificate_macros
from mailtrend.knowledge.grammar import extract, prepare
from mailtrend.knowledge.loading import book as shipped
from mailtrend.knowledge.shapes import Book
from mailtrend.knowledge.verdicts import Verdict, verdict

CONFIDENCE: Final = {
    "own": 1.0, "words": 0.95, "code": 0.9, "loose_words": 0.75, "loose_code": 0.6, "reply": 0.4, "nothing": 0.1,
}  # fmt: skip
"""How sure a cause is, by what it stands on (grammar.BASES); the share of labelled texts that bear it out is higher."""
CERTIFICATE: Final = tuple(f"certificate_{field}" for field in FIELDS)


@dataclass(frozen=True)
class Place:
    """Where failures happened, as far as the caller knows: what an owner hangs on, and the names that steps have."""

    owner_kind: str = "undetermined"
    """Who runs the server there: own, partner, internet, microsoft or undetermined."""
    connector: str | None = None
    destination: str | None = None
    """The server there, for texts that name none."""
    domain: str | None = None
    direction: str | None = None
    """`inbound` where one's own server gave the reply."""
    partner: str | None = None
    """What to call the partner whose server it is."""


NOWHERE: Final = Place()


@dataclass(frozen=True)
class Explanation:
    """What one text says. `to_dict` has the keys of `mailtrend explain --format json`; `verdict` knows more."""

    reply_code: int | None
    status_code: str | None
    remote_reply_code: int | None
    remote_status_code: str | None
    remote_host: str | None
    remote_ip: str | None
    cause: str | None
    verdict: Verdict
    basis: str | None = None
    """What the cause stands on, of grammar.BASES; None for a reply that tells of success."""
    place: Place = NOWHERE
    """Where it happened, as far as the caller knew."""
    issuer: str | None = None
    """`microsoft` or `standard`: whose words these are; None where there are none."""
    certificate_problem: str | None = None
    """expired, name_mismatch, untrusted, revoked, self_signed, not_yet_valid or revocation_unknown."""
    certificate_subject: str | None = None
    """Whose certificate the server showed."""
    certificate_expected: str | None = None
    certificate_thumbprint: str | None = None
    certificate_not_after: str | None = None
    """As the text writes it."""

    @property
    def class_(self) -> str | None:
        """`transient`, `permanent` or `success`; the key is `class`."""
        return self.verdict.permanence

    def at(self, place: Place, book: Book | None = None) -> Explanation:
        """The same text, told for a place: who has to act there, with its names in the steps."""
        told = verdict(
            self.status_code,
            self.cause,
            place.owner_kind,
            place.connector,
            self.remote_host or place.destination,
            reply_code=self.reply_code,
            issuer=self.issuer,
            domain=place.domain,
            address=self.remote_ip,
            direction=place.direction,
            book=book,
        )
        return replace(self, verdict=told, place=place)

    @property
    def confidence(self) -> float | None:
        """How sure the cause is, 0 to 1."""
        return CONFIDENCE.get(self.basis or "")

    @property
    def understood(self) -> bool:
        """Does the text hold a code, or words that are known?"""
        return self.cause != "unclassified" or self.reply_code is not None or self.status_code is not None

    def to_dict(self) -> dict[str, Any]:
        """The public keys, in their order; steps as a list."""
        return {
            "reply_code": self.reply_code,
            "status_code": self.status_code,
            "remote_reply_code": self.remote_reply_code,
            "remote_status_code": self.remote_status_code,
            "remote_host": self.remote_host,
            "remote_ip": self.remote_ip,
            "cause": self.cause,
            "class": self.class_,
            "owner": self.verdict.owner,
            "title": self.verdict.title,
            "meaning": self.verdict.meaning,
            "steps": list(self.verdict.steps),
            "confidence": self.confidence,
            "basis": self.basis,
            "issuer": self.issuer,
            "owners": dict(self.verdict.owners),
            "owner_depends_on": self.verdict.owner_depends_on or None,
            "owner_kind": self.place.owner_kind,
            "connector": self.place.connector,
            "partner": self.place.partner,
            "entry": self.verdict.entry or None,
            "reference": self.verdict.reference or None,
            **{name: getattr(self, name) for name in CERTIFICATE},
        }


def explain(texts: Sequence[str], *, book: Book | None = None) -> list[Explanation]:
    """What each text says, in the same order: a bare code (`4.4.316`, `450 4.4.316`, `450`) or a whole error text.

    `book` is the shipped one unless given; `Explanation.at` tells one for a place. Never raises on any text; one that
    says nothing has the cause `unclassified` and the owner `undetermined`.
    """
    if not texts:
        return []
    sound = [text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ") for text in texts]
    known = book or shipped()
    told = {row["response"]: _explained(row, known) for row in _extracted(sorted(set(sound)), known)}
    return [told[text] for text in sound]


_IDLE: Final[list[tuple[Book, duckdb.DuckDBPyConnection]]] = []
"""The last connection that was used, with the grammar ready on it: to make it ready takes as long as a few answers."""


def _extracted(texts: list[str], known: Book) -> list[dict[str, Any]]:
    kept = _IDLE.pop() if _IDLE else None
    con = kept[1] if kept and kept[0] is known else _opened(known)
    try:
        table = pa.table({
            "response": pa.array(texts, pa.string()),
            "reply_code": pa.nulls(len(texts), pa.int16()),
            "status_code": pa.nulls(len(texts), pa.string()),
        })  # fmt: skip
        con.register("given_texts", table)
        extract(con, "given_texts", "told")
        asked = ", ".join(f"{name}(response) AS {name}" for name in CERTIFICATE)
        rows = con.sql(f"SELECT *, issuer_of(reason_line(response)) AS issuer, {asked} FROM told").to_arrow_table()
        con.unregister("given_texts")
    except BaseException:
        con.close()
        raise
    if not _IDLE:
        _IDLE.append((known, con))
    found: list[dict[str, Any]] = rows.to_pylist()
    return found


def _opened(known: Book) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    prepare(con, known)
    con.execute(certificate_macros())
    return con


def _explained(row: dict[str, Any], known: Book) -> Explanation:
    codes = {"reply_code": row["out_reply_code"], "issuer": row["issuer"]}
    return Explanation(
        reply_code=row["out_reply_code"],
        status_code=row["out_status_code"],
        remote_reply_code=row["remote_reply_code"],
        remote_status_code=row["remote_status_code"],
        remote_host=row["remote_host"],
        remote_ip=row["remote_ip"],
        cause=row["cause"],
        verdict=verdict(
            row["out_status_code"],
            row["cause"],
            NOWHERE.owner_kind,
            None,
            row["remote_host"],
            address=row["remote_ip"],
            book=known,
            **codes,
        ),
        basis=row["basis"],
        issuer=row["issuer"],
        **{name: row[name] for name in CERTIFICATE},
    )
