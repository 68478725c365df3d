"""What a reply means: status codes, causes, owners and guidance, as data files.

The book is TOML that a mail admin can read and extend: `mail_flow.toml` explains the keys of an entry, `rules.toml` how
words lead to a cause, `causes.toml` what each cause means, `places.toml` where things are found and how long a change
takes, `registry.toml` every registered code, `fallback.toml` what is said of every other one, `forms.toml` what opens a
reply, a wrapped reply or a server's name, `reports.toml` how whole reports are laid out, `marks.toml` words that stand
for an error, `structures.toml` what each part of the grammar is there for, `certificates.toml` what texts say of
certificates. `own.py` puts a user's file before all of it.
"""

from __future__ import annotations

from mailtrend.knowledge.certificates import certificate_macros
from mailtrend.knowledge.explaining import Explanation, Place, explain
from mailtrend.knowledge.grammar import EXTRACTED, extract, prepare
from mailtrend.knowledge.loading import book
from mailtrend.knowledge.own import with_own
from mailtrend.knowledge.shapes import Book, CauseGuide, Entry, Guide
from mailtrend.knowledge.table import family_sql, status_codes, twin_of
from mailtrend.knowledge.verdicts import Verdict, permanence, verdict

__all__ = [
    "EXTRACTED", "Book", "CauseGuide", "Entry", "Explanation", "Guide", "Place", "Verdict", "book",
    "certificate_macros", "explain", "extract", "family_sql", "permanence", "prepare", "status_codes", "twin_of",
    "verdict", "with_own",
]  # fmt: skip
