"""What is to be read: every file that the user's paths mean, known by content, hashed, in a fixed order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailtrend.errors import InputError, MailtrendError
from mailtrend.formats.base import Format, Options
from mailtrend.ingest.finding import find_inputs
from mailtrend.ingest.opening import Input
from mailtrend.ingest.sniff import Known, recognise
from mailtrend.knowledge import Book


@dataclass(frozen=True)
class Request:
    """What the user asked to be read, and how."""

    paths: tuple[str, ...]
    source: str | None = None
    tenant: str = "default"
    options: Options = field(default_factory=Options)
    formats: Mapping[str, Format] = field(default_factory=dict)
    """Formats of the user's own, by name."""
    book: Book | None = None
    """What replies mean; the shipped book unless given."""


@dataclass(frozen=True)
class Planned:
    """One file, what it is, and its hash."""

    source: Input
    known: Known
    sha256: str
    file_id: str


def plan_files(request: Request, scratch: Path, refused: list[MailtrendError]) -> Iterator[Planned]:
    """What each file is; logs come grouped by format, in path order within one."""
    found: list[Planned] = []
    for source in find_inputs(request.paths, scratch):
        if isinstance(source, InputError):
            refused.append(source)
            continue
        try:
            known = recognise(source, request.source, request.options.encoding, request.formats)
            sha = source.sha256()
        except InputError as error:
            refused.append(error)
            continue
        found.append(Planned(source, known, sha, _file_id(sha, request.tenant)))
    yield from sorted(found, key=lambda plan: (plan.known.name, plan.source.label))


def _file_id(sha256: str, tenant: str) -> str:
    if tenant == "default":
        return sha256[:16]
    return hashlib.sha256(f"{tenant}\0{sha256}".encode()).hexdigest()[:16]


def without_twins(plans: list[Planned]) -> tuple[list[Planned], list[Planned]]:
    """The first file of each content, and the others."""
    first: dict[str, Planned] = {}
    twins = [plan for plan in plans if first.setdefault(plan.file_id, plan) is not plan]
    return list(first.values()), twins
