"""Keep no access token: a grant's row says only which of them were ended before their time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HASHES = ("access_hash", "earlier_hash")
TIMES = ("access_until", "earlier_until")


def upgrade() -> None:
    """Take the step; access tokens that were given before it are over."""
    for name in (*HASHES, *TIMES):
        op.drop_column("grants", name)
    op.add_column("grants", sa.Column("ended", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("grants", "ended")
    for name in HASHES:
        op.add_column("grants", sa.Column(name, sa.LargeBinary(length=32), nullable=True))
    for name in TIMES:
        op.add_column("grants", sa.Column(name, sa.BigInteger(), nullable=True))
