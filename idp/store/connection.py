"""The connection that every function of this package works on, by a name for those who only hand it on."""

from __future__ import annotations

from sqlalchemy import Connection

__all__ = ["Connection"]
