"""Make room for the complete protocol: refresh, devices, pushed requests, registration, sign-out, resources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "initial_access_tokens",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_initial_access_tokens")),
        info={"half": "site"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_outbox")),
        info={"half": "neither"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "client_logos",
        sa.Column("client_id", sa.String(length=128), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=43), nullable=False),
        sa.Column("fetched_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"], name=op.f("fk_client_logos_client_id")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_logos")),
        info={"half": "site"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "device_codes",
        sa.Column("device_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_code_key", sa.String(length=43), nullable=False),
        sa.Column("client_id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"], name=op.f("fk_device_codes_client_id")),
        sa.PrimaryKeyConstraint("device_hash", name=op.f("pk_device_codes")),
        info={"half": "site"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("device_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_codes_until_at"), ["until_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_codes_user_code_key"), ["user_code_key"], unique=True)

    op.create_table(
        "pushed_requests",
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=128), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"], name=op.f("fk_pushed_requests_client_id")),
        sa.PrimaryKeyConstraint("request_hash", name=op.f("pk_pushed_requests")),
        info={"half": "site"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("pushed_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pushed_requests_until_at"), ["until_at"], unique=False)

    op.create_table(
        "resources",
        sa.Column("resource", sa.String(length=255), nullable=False),
        sa.Column("client_id", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"], name=op.f("fk_resources_client_id")),
        sa.PrimaryKeyConstraint("resource", name=op.f("pk_resources")),
        info={"half": "site"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resources_client_id"), ["client_id"], unique=False)

    op.create_table(
        "released_identities",
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_released_identities_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_released_identities")),
        info={"half": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "name_consents",
        sa.Column("client_id", sa.String(length=128), nullable=False),
        sa.Column("sub", sa.String(length=43), nullable=False),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("given_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"], name=op.f("fk_name_consents_client_id")),
        sa.PrimaryKeyConstraint("client_id", "sub", name=op.f("pk_name_consents")),
        info={"half": "site"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("name_consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_name_consents_sub"), ["sub"], unique=False)

    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("registration_hash", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("wants_sid", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sid_seed", sa.LargeBinary(length=16), nullable=True))

    with op.batch_alter_table("grants", schema=None, table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.add_column(sa.Column("sid", sa.String(length=43), nullable=True))
        batch_op.add_column(sa.Column("resource", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("confirmation", sa.String(length=48), nullable=True))
        batch_op.add_column(sa.Column("earlier_hash", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("earlier_until", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("refresh_generation", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("refresh_until", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("refreshed_at", sa.BigInteger(), nullable=True))
        batch_op.alter_column("sub", existing_type=sa.VARCHAR(length=43), nullable=True)
        batch_op.alter_column("redirect_uri", existing_type=sa.TEXT(), nullable=True)
        batch_op.alter_column("code_until", existing_type=sa.BIGINT(), nullable=True)
    known = sa.text("sid IS NOT NULL")
    op.create_index(op.f("ix_grants_sid"), "grants", ["sid"], sqlite_where=known, postgresql_where=known)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_grants_sid"), "grants")
    with op.batch_alter_table("grants", schema=None, table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.alter_column("code_until", existing_type=sa.BIGINT(), nullable=False)
        batch_op.alter_column("redirect_uri", existing_type=sa.TEXT(), nullable=False)
        batch_op.alter_column("sub", existing_type=sa.VARCHAR(length=43), nullable=False)
        batch_op.drop_column("refreshed_at")
        batch_op.drop_column("refresh_until")
        batch_op.drop_column("refresh_generation")
        batch_op.drop_column("earlier_until")
        batch_op.drop_column("earlier_hash")
        batch_op.drop_column("confirmation")
        batch_op.drop_column("resource")
        batch_op.drop_column("sid")

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("sid_seed")

    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.drop_column("wants_sid")
        batch_op.drop_column("registration_hash")

    with op.batch_alter_table("name_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_name_consents_sub"))

    op.drop_table("name_consents")
    op.drop_table("released_identities")
    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resources_client_id"))

    op.drop_table("resources")
    with op.batch_alter_table("pushed_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pushed_requests_until_at"))

    op.drop_table("pushed_requests")
    with op.batch_alter_table("device_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_codes_user_code_key"))
        batch_op.drop_index(batch_op.f("ix_device_codes_until_at"))

    op.drop_table("device_codes")

    op.drop_table("client_logos")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_state_due_at"))

    op.drop_table("outbox")
    op.drop_table("initial_access_tokens")
