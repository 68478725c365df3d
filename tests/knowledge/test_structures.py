"""Every macro of the grammar has its examples in structures.toml, gives them exactly, and is needed for one of them."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import duckdb
import pyarrow as pa
import pytest

from knowledge.labels import read_codes, read_server
from mailtrend.knowledge import extract, prepare
from mailtrend.knowledge.grammar import PARTS

HOME = files("mailtrend.knowledge")
STRUCTURES = tomllib.loads(HOME.joinpath("structures.toml").read_text(encoding="utf-8"))["structure"]
SQL = "".join(HOME.joinpath(f"{part}.sql").read_text(encoding="utf-8") for part in PARTS if part != "reasons")
MACROS = dict(re.findall(r"CREATE OR REPLACE TEMP MACRO (\w+)(\([\w, ]*\))", SQL))
WORDS = {"codes", "beginning", "sentences"}
"""Parts of expressions, and what only causes need."""
EVERY = pytest.mark.parametrize("one", STRUCTURES, ids=lambda one: one["macro"])
TOLD = ("out_reply_code", "out_status_code", "remote_reply_code", "remote_status_code", "remote_host", "remote_ip")


@pytest.fixture
def con():
    with duckdb.connect() as con:
        prepare(con)
        yield con


def answers(con, one):
    texts = [example["text"] for example in one["examples"]]
    none = {"reply_code": pa.nulls(len(texts), pa.int16()), "status_code": pa.nulls(len(texts), pa.string())}
    con.register("asked", pa.table({"response": texts, **none}))
    extract(con, "asked", "answered")
    rows = con.sql("FROM answered").to_arrow_table().to_pylist()
    return {row["response"]: tuple(row[name] for name in TOLD) for row in rows}


def truth(one):
    return {
        example["text"]: (
            *(code for side in f"{example.get('codes', '-')} > ".split(" > ")[:2] for code in read_codes(side)),
            *read_server(example.get("server", "-")),
        )
        for example in one["examples"]
    }


def test_every_macro_of_the_grammar_has_examples_once():
    assert sorted(one["macro"] for one in STRUCTURES) == sorted(MACROS.keys() - WORDS)


@EVERY
def test_a_part_gives_its_examples_and_is_needed_for_one_of_them(one, con):
    assert answers(con, one) == truth(one)
    con.execute(f"CREATE OR REPLACE TEMP MACRO {one['macro']}{MACROS[one['macro']]} AS {one['without']}")
    try:
        found = answers(con, one)
    except duckdb.Error:
        return  # nothing at all comes out without it
    assert found != truth(one)
