"""The schema's two halves stay apart: by columns, by times, by order (docs/decisions/0006)."""

from __future__ import annotations

import pytest
from sqlalchemy import Date, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from idp.store.models import Base

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
HALVES = {"person", "site", "neither"}
PERSON_MARKS = ("person", "claimant", "user_handle", "credential", "blind_index", "identity_index", "masked")
SITE_MARKS = ("sub", "sector", "client", "code_name", "nonce", "redirect")
MINUTES_ONLY = {"ceremonies"}  # rows that live for minutes may hold precise times


def half(table: Table) -> str:
    return str(table.info.get("half"))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_belongs_to_a_half(table: Table) -> None:
    assert half(table) in HALVES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_column_names_what_belongs_to_the_other_half(table: Table) -> None:
    foreign = {"person": SITE_MARKS, "site": PERSON_MARKS, "neither": PERSON_MARKS + SITE_MARKS}[half(table)]
    named = {column.name for column in table.columns if any(column.name.startswith(mark) for mark in foreign)}
    assert not named


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_foreign_key_crosses_the_halves(table: Table) -> None:
    assert all(half(key.column.table) == half(table) for key in table.foreign_keys)


@pytest.mark.parametrize("table", [each for each in TABLES if half(each) == "person"], ids=lambda table: table.name)
def test_the_person_half_knows_days_and_whole_hours_only(table: Table) -> None:
    for column in table.columns:
        if column.name.endswith(("_at", "_until", "_ms", "_time")):
            assert table.name in MINUTES_ONLY, column
        if column.name.endswith("_on"):
            assert isinstance(column.type, Date), column
        assert "TIME" not in str(column.type).upper(), column


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_have_no_order_of_insertion(table: Table) -> None:
    created = str(CreateTable(table).compile(dialect=sqlite.dialect()))
    assert "WITHOUT ROWID" in created
    assert not any(column.autoincrement is True or column.identity is not None for column in table.columns)
    assert not any("SERIAL" in str(column.type).upper() for column in table.columns)
