"""A mark stays when the finding or the difference it was made on is no longer found."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEYS = (("finding_id", "finding"), ("difference_id", "difference"))


def upgrade() -> None:
    _change("SET NULL")


def downgrade() -> None:
    _change(None)


def _change(when_deleted: str | None) -> None:
    with op.batch_alter_table("annotation") as batch:
        for column, table in _KEYS:
            batch.drop_constraint(op.f(f"fk_annotation_{column}"), type_="foreignkey")
            batch.create_foreign_key(
                op.f(f"fk_annotation_{column}"), table, [column], ["id"], ondelete=when_deleted
            )
