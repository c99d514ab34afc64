"""What all tables of the home share: their base, and how a point in time is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Dialect, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """A point in time, kept as whole milliseconds since 1970 in UTC: the same in every database, and quick in numpy.

    Times without a zone are refused: nobody can say when they were.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Milliseconds of a time with its zone."""
        return None if value is None else milliseconds_of(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The time in UTC."""
        return None if value is None else instant_of(value)


def milliseconds_of(moment: datetime) -> int:
    """Whole milliseconds since 1970. Inverse of `instant_of`, but for what is finer.

    >>> from datetime import timezone
    >>> milliseconds_of(datetime(1970, 1, 1, 7, 0, 1, tzinfo=timezone(timedelta(hours=7))))
    1000
    """
    if moment.tzinfo is None:
        raise ValueError(f"a point in time needs its zone, got {moment}")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def instant_of(milliseconds: int) -> datetime:
    """The point in time, in UTC. Inverse of `milliseconds_of`.

    >>> instant_of(1000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return _EPOCH + timedelta(milliseconds=milliseconds)


class Table(DeclarativeBase):
    """The base of every table of the home.

    Keys are named by rule, so that migrations can name them on every database.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}
