"""Texts → codes, host and cause: the SQL of reasons*.sql, and the book's rules and forms turned into SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb

from mailtrend.knowledge.forms import forms_sql
from mailtrend.knowledge.loading import book
from mailtrend.knowledge.shapes import Entry, Range, Rule

GROUP: Final = 8
"""Rules that one expression asks about together."""
PARTS: Final = (
    "reasons_line", "reasons_list", "reasons_words", "reasons_values", "reasons_codes", "reasons_server", "reasons",
)  # fmt: skip
"""The grammar's SQL, in the order in which its macros need each other."""
FORMS_BEFORE: Final = PARTS.index("reasons_codes")
"""Where the macros of forms.toml belong."""


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the TEMP macros that `extract` needs on this connection; nothing else is left behind."""
    con.execute(_macros())


def extract(con: duckdb.DuckDBPyConnection, texts: str, into: str) -> None:
    """Create TEMP TABLE `into` with what the failure texts of relation `texts` say.

    `texts` has the distinct (response VARCHAR, reply_code SMALLINT, status_code VARCHAR), codes as the format gave them
    or NULL. `into` has these three as given, then `out_reply_code SMALLINT, out_status_code VARCHAR` (given, else found
    in the text), `remote_reply_code, remote_status_code` (the wrapped reply), `remote_host, remote_ip`, `cause` (NULL
    only for a 2xx reply) and `expired BOOLEAN`. Both names come from our own code, never from a user.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS FROM reasons('{texts}')")


@cache
def _macros() -> str:
    return causes_sql() + grammar_sql(forms_sql())


def grammar_sql(openings: str) -> str:
    """The macros of the grammar; `openings` are those of `forms_sql`, or of other forms in a test."""
    home = files("mailtrend.knowledge")
    parts = [home.joinpath(f"{part}.sql").read_text(encoding="utf-8") for part in PARTS]
    return "\n".join((*parts[:FORMS_BEFORE], openings, *parts[FORMS_BEFORE:]))


@cache
def causes_sql() -> str:
    """The macros that give a cause: by firm words, by codes that settle it, by loose words, by codes, by reply."""
    rules, entries = book().rules, book().entries
    replies = book().fallback.replies.items()
    by_reply = [(f"reply = {code}", entry.cause) for code, entry in replies if entry.cause]
    return "".join(
        (
            _words_macro("cause_by_firm_words", [rule for rule in rules if rule.firm]),
            _words_macro("cause_by_loose_words", [rule for rule in rules if not rule.firm]),
            _macro("cause_by_firm_code(status)", _code_cases(entries, firm=True)),
            _macro("cause_by_loose_code(status)", _code_cases(entries, firm=False)),
            _macro("cause_by_reply(reply)", by_reply),
            """
        CREATE OR REPLACE TEMP MACRO cause_of(words, reply, status, remote_reply, remote_status) AS
            CASE
                WHEN coalesce(remote_reply, reply) BETWEEN 200 AND 299 THEN NULL
                WHEN reply IS NULL AND starts_with(status, '2.') THEN NULL
                ELSE coalesce(
                    cause_by_firm_words(words, status, remote_status),
                    cause_by_firm_code(remote_status),
                    cause_by_firm_code(status),
                    cause_by_loose_words(words, status, remote_status),
                    cause_by_loose_code(remote_status),
                    cause_by_loose_code(status),
                    cause_by_reply(remote_reply),
                    cause_by_reply(reply),
                    'unclassified'
                )
            END;
        """,
        )
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
    begins = " OR ".join(f"starts_with({side}, '{code}')" for code in rule.codes for side in ("status", "remote"))
    return f"{test} AND ({begins})"


def _code_cases(entries: Iterable[Entry], *, firm: bool) -> list[tuple[str, str]]:
    """One WHEN per cause; where a number has two meanings, Microsoft's gives the cause."""
    tests: dict[str, list[Range]] = {}
    for entry in entries:
        if entry.cause and entry.firm is firm and entry.issuer != "standard" and entry.reply is None:
            tests.setdefault(entry.cause, []).extend(entry.codes)
    return [(_codes_test(codes), cause) for cause, codes in tests.items()]


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
