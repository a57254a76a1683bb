"""Title blocks with versions, pairs of sheets people decide on, imported annotations, signatures, passwords."""

import sqlalchemy as sa
from alembic import op

import pipeline.records.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("file") as batch:
        batch.add_column(sa.Column("signatures", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("password_sealed", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("sheet") as batch:
        batch.add_column(sa.Column("label", sa.String(80), nullable=False, server_default=""))
        batch.add_column(sa.Column("row_version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("comparison") as batch:
        batch.add_column(sa.Column("decisions", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("annotation") as batch:
        batch.add_column(sa.Column("taken_from", sa.String(32), nullable=True))
    op.create_table(
        "sheet_pair",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("comparison_id", sa.String(32), nullable=False),
        sa.Column("old_sheet_id", sa.String(32), nullable=True),
        sa.Column("new_sheet_id", sa.String(32), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("needs_confirmation", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(32), nullable=True),
        sa.Column("decided_at", pipeline.records.base.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["comparison_id"], ["comparison.id"], ondelete="CASCADE",
                                name=op.f("fk_sheet_pair_comparison_id")),
        sa.ForeignKeyConstraint(["old_sheet_id"], ["sheet.id"], ondelete="CASCADE",
                                name=op.f("fk_sheet_pair_old_sheet_id")),
        sa.ForeignKeyConstraint(["new_sheet_id"], ["sheet.id"], ondelete="CASCADE",
                                name=op.f("fk_sheet_pair_new_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_pair")),
        sa.UniqueConstraint("comparison_id", "old_sheet_id", "new_sheet_id", name="uq_sheet_pair_once"),
    )  # fmt: skip
    for column in ("comparison_id", "old_sheet_id", "new_sheet_id"):
        op.create_index(op.f(f"ix_sheet_pair_{column}"), "sheet_pair", [column])
    op.create_table(
        "imported_annotation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("file_id", sa.String(32), nullable=False),
        sa.Column("sheet_id", sa.String(32), nullable=False),
        sa.Column("submission_id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("made_at", sa.String(40), nullable=False),
        sa.Column("color", sa.String(9), nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("reply_to", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], ondelete="CASCADE",
                                name=op.f("fk_imported_annotation_file_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], ondelete="CASCADE",
                                name=op.f("fk_imported_annotation_sheet_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"],
                                name=op.f("fk_imported_annotation_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_annotation")),
        sa.UniqueConstraint("file_id", "key", name="uq_imported_annotation_once"),
    )  # fmt: skip
    op.create_index(op.f("ix_imported_annotation_sheet_id"), "imported_annotation", ["sheet_id"])
    op.create_index(op.f("ix_imported_annotation_submission_id"), "imported_annotation", ["submission_id"])


def downgrade() -> None:
    op.drop_table("imported_annotation")
    op.drop_table("sheet_pair")
    for table, columns in (
        ("annotation", ("taken_from",)), ("comparison", ("decisions",)), ("sheet", ("row_version", "label")),
        ("file", ("password_sealed", "signatures")),
    ):  # fmt: skip
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
