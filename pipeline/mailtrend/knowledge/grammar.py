"""Texts → codes, host and cause: the SQL of reasons*.sql, and the book's rules and forms turned into SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb

from mailtrend.knowledge.forms import forms_sql
from mailtrend.knowledge.loading import book
from mailtrend.knowledge.normal import normal_macro
from mailtrend.knowledge.shapes import Book, Entry, Range, Rule
from mailtrend.sql import quoted

STANDARD: Final = " AND NOT listed AND issuer_of(words) = 'standard'"
"""Is it another server's reply than Exchange's? Where one of Exchange's lists says so little, it is Exchange's own."""
GROUP: Final = 8
"""Rules that one expression asks about together."""
PARTS: Final = (
    "reasons_line", "reasons_list", "reasons_words", "reasons_values", "reasons_codes", "reasons_server", "reasons",
)  # fmt: skip
"""The grammar's SQL, in the order in which its macros need each other."""
FORMS_BEFORE: Final = PARTS.index("reasons_codes")
"""Where the macros of forms.toml belong."""


BASES: Final = ("own", "words", "code", "loose_words", "loose_code", "reply", "nothing")
"""What a cause stands on, surest first: a reply of the user's own file, words that only one fault produces, a code that
settles it, words that are used loosely, a code that leaves much open, a basic reply code alone."""

EXTRACTED: Final = (
    "response VARCHAR, reply_code SMALLINT, status_code VARCHAR, out_reply_code SMALLINT, out_status_code VARCHAR, "
    "remote_reply_code SMALLINT, remote_status_code VARCHAR, remote_host VARCHAR, remote_ip VARCHAR, cause VARCHAR, "
    "basis VARCHAR, expired BOOLEAN"
)
"""The columns of what `extract` makes, as a table is declared."""


def prepare(con: duckdb.DuckDBPyConnection, known: Book | None = None) -> None:
    """Create the TEMP macros that `extract` needs on this connection; nothing else is left behind.

    `known` is the shipped book unless given.
    """
    con.execute(_macros(known or book()))


def extract(con: duckdb.DuckDBPyConnection, texts: str, into: str) -> None:
    """Create TEMP TABLE `into` with what the failure texts of relation `texts` say.

    `texts` has the distinct (response VARCHAR, reply_code SMALLINT, status_code VARCHAR), codes as the format gave them
    or NULL. `into` has these three as given, then `out_reply_code SMALLINT, out_status_code VARCHAR` (given, else found
    in the text), `remote_reply_code, remote_status_code` (the wrapped reply), `remote_host, remote_ip`, `cause` (NULL
    only for a 2xx reply), `basis` (of BASES: what the cause stands on) and `expired BOOLEAN`. Both names come from our
    own code, never from a user.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS FROM reasons('{texts}')")


@cache
def _macros(known: Book) -> str:
    return causes_sql(known) + grammar_sql(forms_sql())


def grammar_sql(openings: str) -> str:
    """The macros of the grammar; `openings` are those of `forms_sql`, or of other forms in a test."""
    parts = [_part(part) for part in PARTS]
    return "\n".join((*parts[:FORMS_BEFORE], openings, *parts[FORMS_BEFORE:]))


def _part(name: str) -> str:
    text: str = files("mailtrend.knowledge").joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return text


def causes_sql(known: Book) -> str:
    """The macros that give a cause: by firm words, by codes that settle it, by loose words, by codes, by reply."""
    replies = known.fallback.replies.items()
    by_reply = [(f"reply = {code}", entry.cause) for code, entry in replies if entry.cause]
    return "".join((
        _part("reasons_issuer"),
        _words_macro("cause_by_own_words", [rule for rule in known.rules if rule.own]),
        _words_macro("cause_by_firm_words", [rule for rule in known.rules if rule.firm and not rule.own]),
        _words_macro("cause_by_loose_words", [rule for rule in known.rules if not rule.firm]),
        _macro("cause_by_firm_code(status, words, listed, reply)", _code_cases(known.entries, firm=True)),
        _macro("cause_by_loose_code(status, words, listed, reply)", _code_cases(known.entries, firm=False)),
        _macro("cause_by_reply(reply)", by_reply),
        _own_replies(known.replies),
        """
        -- What a cause stands on, and the cause: `words:connection_refused`; `:` for a reply that tells of success.
        CREATE OR REPLACE TEMP MACRO told_cause(
                words, inner_words, listed, reply, status, remote_reply, remote_status
            ) AS
            CASE
                WHEN coalesce(remote_reply, reply) BETWEEN 200 AND 299 THEN ':'
                WHEN reply IS NULL AND starts_with(status, '2.') THEN ':'
                ELSE coalesce(
                    'own:' || cause_by_own_words(words, status, remote_status),
                    'words:' || cause_by_firm_words(words, status, remote_status),
                    'code:' || cause_by_firm_code(remote_status, inner_words, false, remote_reply),
                    'code:' || cause_by_firm_code(status, words, listed, reply),
                    'loose_words:' || cause_by_loose_words(inner_words, status, remote_status),
                    'loose_words:' || cause_by_loose_words(words, status, remote_status),
                    'loose_code:' || cause_by_loose_code(remote_status, inner_words, false, remote_reply),
                    'loose_code:' || cause_by_loose_code(status, words, listed, reply),
                    'reply:' || cause_by_reply(remote_reply),
                    'reply:' || cause_by_reply(reply),
                    'nothing:unclassified'
                )
            END;
        """,
    ))  # fmt: skip


def _own_replies(replies: Mapping[str, str]) -> str:
    """The causes of whole texts that the user's own file gives; they cost nothing where there are none."""
    if not replies:
        return "CREATE OR REPLACE TEMP MACRO cause_by_own_reply(response) AS CAST(NULL AS VARCHAR);\n"
    texts, causes = (", ".join(quoted(one) for one in side) for side in (replies.keys(), replies.values()))
    return (
        normal_macro(temporary=True)
        + f"CREATE OR REPLACE TEMP MACRO cause_by_own_reply(response) AS MAP([{texts}], [{causes}])"
        "[normal_reply(response)];\n"
    )


def _macro(head: str, cases: Iterable[tuple[str, str]]) -> str:
    return f"CREATE OR REPLACE TEMP MACRO {head} AS {_case(cases)};\n"


def _case(cases: Iterable[tuple[str, str]]) -> str:
    whens = "\n".join(f"WHEN {test} THEN '{cause}'" for test, cause in cases)
    return f"CASE\n{whens}\nEND"


def _words_macro(name: str, rules: Sequence[Rule]) -> str:
    """The first rule that fits decides. One expression for several rules costs no more than one for a single rule.

    So the rules of a group are only asked where one of them fits.
    """
    if not rules:
        return f"CREATE OR REPLACE TEMP MACRO {name}(words, status, remote) AS CAST(NULL AS VARCHAR);\n"
    groups = [rules[start : start + GROUP] for start in range(0, len(rules), GROUP)]
    asked = ",\n".join(
        f"CASE WHEN {_found(*(word for rule in group for word in rule.match))} THEN "
        f"{_case((_rule_test(rule), rule.cause) for rule in group)} END"
        for group in groups
    )
    return f"CREATE OR REPLACE TEMP MACRO {name}(words, status, remote) AS coalesce({asked});\n"


def _found(*words: str) -> str:
    pattern = "|".join(words).replace("'", "''")
    return f"regexp_matches(words, '{pattern}')"


def _rule_test(rule: Rule) -> str:
    test = _found(*rule.match)
    if not rule.codes:
        return test
    begins = " OR ".join(f"starts_with({side}, {quoted(code)})" for code in rule.codes for side in ("status", "remote"))
    return f"{test} AND ({begins})"


def _code_cases(entries: Iterable[Entry], *, firm: bool) -> list[tuple[str, str]]:
    """One WHEN per cause, those of the user's own file first, then those of one reply code.

    Where a number has two meanings, words that are not Microsoft's take the registry's.
    """
    by: dict[tuple[int, str, str], list[Range]] = {}
    for entry in entries:
        if entry.cause and entry.firm is firm and entry.when is None:
            also = f" AND reply = {entry.reply}" if entry.reply else ""
            also += STANDARD if entry.issuer == "standard" else ""
            rank = 0 if entry.own else 1 if entry.reply else 2 if entry.issuer == "standard" else 3
            by.setdefault((rank, also, entry.cause), []).extend(entry.codes)
    return [
        (f"({_codes_test(codes)}){also}", cause)
        for (_, also, cause), codes in sorted(by.items(), key=lambda one: one[0][0])
    ]


def _codes_test(codes: Iterable[Range]) -> str:
    single = [f"'{code}'" for code in codes if code.low == code.high]
    tests = [f"status IN ({', '.join(single)})"] if single else []
    tests += [
        f"(starts_with(status, '{code.stem}') AND TRY_CAST(substr(status, {len(code.stem) + 1}) AS INTEGER) "
        f"BETWEEN {code.low} AND {code.high})"
        for code in codes
        if code.low < code.high
    ]
    return " OR ".join(tests)
