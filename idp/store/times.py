"""Moments as the tables keep them: milliseconds, seconds, whole hours. What a column's name promises is made here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

HOUR = 3600
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(moment: datetime) -> int:
    """Unix seconds of ``moment``, for ``*_at`` and ``*_until`` columns."""
    return (moment - _EPOCH) // timedelta(seconds=1)


def hour(moment: datetime) -> int:
    """Unix seconds of the hour that ``moment`` falls into, for ``*_hour`` columns."""
    whole = seconds(moment)
    return whole - whole % HOUR


def from_hour(value: int) -> datetime:
    """Return the beginning of an hour as an aware UTC datetime."""
    return _EPOCH + timedelta(seconds=value)


def milliseconds(moment: datetime) -> int:
    """Whole unix milliseconds of ``moment``, without the detour over a float that loses one now and then."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(value: int) -> datetime:
    """Return a moment of whole milliseconds as an aware UTC datetime."""
    return _EPOCH + timedelta(milliseconds=value)
