"""Points a person gave to lay two sheets on one another."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sheet_pair', schema=None) as batch_op:
        batch_op.add_column(sa.Column('points', sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('sheet_pair', schema=None) as batch_op:
        batch_op.drop_column('points')
