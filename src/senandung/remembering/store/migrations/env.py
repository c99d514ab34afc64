"""Run by Alembic: brings the tables of an open connection to the wanted form."""

from __future__ import annotations

from typing import Any

from alembic import context

from senandung.remembering.store.base import Instant
from senandung.remembering.store.database import tables


def _rendered(kind: str, value: Any, _context: Any) -> Any:
    """A migration says what is stored, not by which class: it must go on working when the class is gone."""
    return "sa.BigInteger()" if kind == "type" and isinstance(value, Instant) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables(),
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_rendered,
)
with context.begin_transaction():
    context.run_migrations()
