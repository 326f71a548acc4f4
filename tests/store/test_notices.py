"""What a person is told stays until they have seen it, and some time longer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from idp.store import notices
from idp.store.models import Notice, table_of
from tests.store.people_samples import account

if TYPE_CHECKING:
    from datetime import datetime

    from idp.store.database import Database


def test_a_notice_is_put_away_once_and_by_its_person_only(database: Database, now: datetime) -> None:
    made, other = account(database), account(database)
    with database.write() as connection:
        (notice,) = notices.unseen(connection, person_id=made.person_id)
        assert not notices.mark_seen(connection, person_id=other.person_id, notice_id=notice.notice_id)
        assert notices.mark_seen(connection, person_id=made.person_id, notice_id=notice.notice_id)
        assert not notices.mark_seen(connection, person_id=made.person_id, notice_id=notice.notice_id)
        assert notices.unseen(connection, person_id=made.person_id) == []
        assert len(notices.unseen(connection, person_id=other.person_id)) == 1


def test_only_what_was_seen_is_forgotten_and_not_at_once(database: Database, now: datetime) -> None:
    made, other = account(database), account(database)
    with database.write() as connection:
        (notice,) = notices.unseen(connection, person_id=made.person_id)
        notices.mark_seen(connection, person_id=made.person_id, notice_id=notice.notice_id)
        assert notices.purge(connection, now=now + notices.KEPT) == 0
        assert notices.purge(connection, now=now + notices.KEPT + timedelta(days=1)) == 1
        (left,) = connection.execute(select(func.count()).select_from(table_of(Notice))).one()
        assert (left, len(notices.unseen(connection, person_id=other.person_id))) == (1, 1)
