"""Everything the first version needs."""

import sqlalchemy as sa
from alembic import op
import pipeline.records.base
from pipeline.records.log import protect_events, unprotect_events

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('event',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('actor', sa.String(length=32), nullable=False),
    sa.Column('tag', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('project_id', sa.String(length=32), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_event')),
    sa.UniqueConstraint('digest', name=op.f('uq_event_digest'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_project_id'), ['project_id'], unique=False)

    op.create_table('job',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('engine_version', sa.String(length=80), nullable=False),
    sa.Column('submission_id', sa.String(length=32), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('max_attempt', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.Float(), nullable=False),
    sa.Column('queued_at', sa.Float(), nullable=False),
    sa.Column('finished_at', sa.Float(), nullable=True),
    sa.Column('progress', sa.Float(), nullable=False),
    sa.Column('doing', sa.String(length=200), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sa.UniqueConstraint('kind', 'subject', 'engine_version', name='uq_job_once')
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_ready', ['state', 'lease_until'], unique=False)
        batch_op.create_index(batch_op.f('ix_job_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_job_submission_id'), ['submission_id'], unique=False)

    op.create_table('login_failure',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('net', sa.String(length=64), nullable=False),
    sa.Column('at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_failure'))
    )
    with op.batch_alter_table('login_failure', schema=None) as batch_op:
        batch_op.create_index('ix_login_failure_account', ['account', 'at'], unique=False)
        batch_op.create_index('ix_login_failure_net', ['net', 'at'], unique=False)

    op.create_table('notice',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('project_id', sa.String(length=32), nullable=True),
    sa.Column('audience', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_project_id'), ['project_id'], unique=False)

    op.create_table('organisation',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('created_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('name', name=op.f('uq_organisation_name'))
    )
    op.create_table('project',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('created_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project'))
    )
    op.create_table('building',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('project_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('use', sa.String(length=60), nullable=False),
    sa.Column('storeys', sa.Integer(), nullable=True),
    sa.Column('height_m', sa.Float(), nullable=True),
    sa.Column('created_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_building_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_building'))
    )
    with op.batch_alter_table('building', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_building_project_id'), ['project_id'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('login', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('organisation_id', sa.String(length=32), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_person_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('login', name=op.f('uq_person_login'))
    )
    op.create_table('login_session',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('csrf_token', sa.String(length=64), nullable=False),
    sa.Column('created_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.Column('seen_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.Column('expires_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_login_session_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_session'))
    )
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_session_person_id'), ['person_id'], unique=False)

    op.create_table('member',
    sa.Column('project_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('since', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_member_person_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_member_project_id')),
    sa.PrimaryKeyConstraint('project_id', 'person_id', name=op.f('pk_member'))
    )
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_member_person_id'), ['person_id'], unique=False)

    op.create_table('submission',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('project_id', sa.String(length=32), nullable=False),
    sa.Column('building_id', sa.String(length=32), nullable=True),
    sa.Column('stage', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('reading', sa.String(length=20), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('previous_id', sa.String(length=32), nullable=True),
    sa.Column('created_by', sa.String(length=32), nullable=False),
    sa.Column('created_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.Column('submitted_at', pipeline.records.base.UtcTime(timezone=True), nullable=True),
    sa.Column('decided_at', pipeline.records.base.UtcTime(timezone=True), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['building_id'], ['building.id'], name=op.f('fk_submission_building_id')),
    sa.ForeignKeyConstraint(['previous_id'], ['submission.id'], name=op.f('fk_submission_previous_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_submission_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('project_id', 'building_id', 'stage', 'version', name='uq_submission_version')
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_project_id'), ['project_id'], unique=False)

    op.create_table('comparison',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('old_id', sa.String(length=32), nullable=False),
    sa.Column('new_id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('pairs', sa.JSON(), nullable=False),
    sa.Column('created_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['new_id'], ['submission.id'], name=op.f('fk_comparison_new_id')),
    sa.ForeignKeyConstraint(['old_id'], ['submission.id'], name=op.f('fk_comparison_old_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comparison')),
    sa.UniqueConstraint('old_id', 'new_id', name='uq_comparison_once')
    )
    with op.batch_alter_table('comparison', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comparison_new_id'), ['new_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_comparison_old_id'), ['old_id'], unique=False)

    op.create_table('file',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('submission_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('path', sa.String(length=1000), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('format', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('reader_version', sa.String(length=60), nullable=False),
    sa.Column('defects', sa.JSON(), nullable=False),
    sa.Column('coverage', sa.JSON(), nullable=False),
    sa.Column('completeness', sa.JSON(), nullable=False),
    sa.Column('meta', sa.JSON(), nullable=False),
    sa.Column('duplicate_of', sa.String(length=32), nullable=True),
    sa.Column('archive_id', sa.String(length=32), nullable=True),
    sa.Column('model_key', sa.String(length=300), nullable=False),
    sa.Column('accepted_by', sa.String(length=32), nullable=True),
    sa.Column('created_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_file_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file')),
    sa.UniqueConstraint('submission_id', 'path', 'name', 'sha256', name='uq_file_once')
    )
    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_file_sha256'), ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_file_submission_id'), ['submission_id'], unique=False)

    op.create_table('sheet',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('file_id', sa.String(length=32), nullable=False),
    sa.Column('submission_id', sa.String(length=32), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('number', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('discipline', sa.String(length=40), nullable=False),
    sa.Column('scale', sa.Float(), nullable=False),
    sa.Column('width_mm', sa.Float(), nullable=False),
    sa.Column('height_mm', sa.Float(), nullable=False),
    sa.Column('to_space', sa.JSON(), nullable=False),
    sa.Column('framed', sa.Boolean(), nullable=False),
    sa.Column('scanned', sa.Boolean(), nullable=False),
    sa.Column('entities', sa.Integer(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('missing', sa.JSON(), nullable=False),
    sa.Column('pack_key', sa.String(length=300), nullable=False),
    sa.Column('tiles_prefix', sa.String(length=300), nullable=False),
    sa.Column('tile_levels', sa.Integer(), nullable=False),
    sa.Column('texts', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['file.id'], name=op.f('fk_sheet_file_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_sheet_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet')),
    sa.UniqueConstraint('file_id', 'key', name='uq_sheet_once')
    )
    with op.batch_alter_table('sheet', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sheet_file_id'), ['file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sheet_submission_id'), ['submission_id'], unique=False)

    op.create_table('difference',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('comparison_id', sa.String(length=32), nullable=False),
    sa.Column('old_sheet_id', sa.String(length=32), nullable=True),
    sa.Column('new_sheet_id', sa.String(length=32), nullable=True),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('cls', sa.String(length=12), nullable=False),
    sa.Column('what', sa.String(length=300), nullable=False),
    sa.Column('box_old', sa.JSON(), nullable=True),
    sa.Column('box_new', sa.JSON(), nullable=True),
    sa.Column('delta_mm', sa.JSON(), nullable=True),
    sa.Column('old', sa.Text(), nullable=False),
    sa.Column('new', sa.Text(), nullable=False),
    sa.Column('guid_old', sa.String(length=30), nullable=False),
    sa.Column('guid_new', sa.String(length=30), nullable=False),
    sa.Column('layer', sa.String(length=255), nullable=False),
    sa.Column('material', sa.Boolean(), nullable=False),
    sa.Column('certainty', sa.Float(), nullable=False),
    sa.Column('decision', sa.String(length=12), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['comparison_id'], ['comparison.id'], name=op.f('fk_difference_comparison_id')),
    sa.ForeignKeyConstraint(['new_sheet_id'], ['sheet.id'], name=op.f('fk_difference_new_sheet_id')),
    sa.ForeignKeyConstraint(['old_sheet_id'], ['sheet.id'], name=op.f('fk_difference_old_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_difference')),
    sa.UniqueConstraint('comparison_id', 'key', name='uq_difference_once')
    )
    with op.batch_alter_table('difference', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_difference_comparison_id'), ['comparison_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_difference_new_sheet_id'), ['new_sheet_id'], unique=False)

    op.create_table('finding',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('submission_id', sa.String(length=32), nullable=False),
    sa.Column('file_id', sa.String(length=32), nullable=True),
    sa.Column('sheet_id', sa.String(length=32), nullable=True),
    sa.Column('rule_code', sa.String(length=20), nullable=False),
    sa.Column('rule_version', sa.String(length=20), nullable=False),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.Column('subject_key', sa.String(length=200), nullable=False),
    sa.Column('clause', sa.String(length=200), nullable=False),
    sa.Column('clause_status', sa.String(length=12), nullable=False),
    sa.Column('message_zh', sa.Text(), nullable=False),
    sa.Column('message_en', sa.Text(), nullable=False),
    sa.Column('measured', sa.Float(), nullable=True),
    sa.Column('demanded', sa.String(length=60), nullable=False),
    sa.Column('unit', sa.String(length=12), nullable=False),
    sa.Column('box', sa.JSON(), nullable=True),
    sa.Column('source_ids', sa.JSON(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('certainty', sa.Float(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('carried_from', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['file_id'], ['file.id'], name=op.f('fk_finding_file_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['sheet.id'], name=op.f('fk_finding_sheet_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_finding_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    sa.UniqueConstraint('submission_id', 'rule_code', 'subject_key', name='uq_finding_once')
    )
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_finding_sheet_id'), ['sheet_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_submission_id'), ['submission_id'], unique=False)

    op.create_table('annotation',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('submission_id', sa.String(length=32), nullable=False),
    sa.Column('sheet_id', sa.String(length=32), nullable=False),
    sa.Column('author_id', sa.String(length=32), nullable=False),
    sa.Column('author_role', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('geometry', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('nature', sa.String(length=12), nullable=False),
    sa.Column('anchors', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('finding_id', sa.String(length=32), nullable=True),
    sa.Column('difference_id', sa.String(length=32), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.Column('published_at', pipeline.records.base.UtcTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_annotation_author_id')),
    sa.ForeignKeyConstraint(['difference_id'], ['difference.id'], name=op.f('fk_annotation_difference_id')),
    sa.ForeignKeyConstraint(['finding_id'], ['finding.id'], name=op.f('fk_annotation_finding_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['sheet.id'], name=op.f('fk_annotation_sheet_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_annotation_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_annotation'))
    )
    with op.batch_alter_table('annotation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_annotation_sheet_id'), ['sheet_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_annotation_submission_id'), ['submission_id'], unique=False)

    op.create_table('reply',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('annotation_id', sa.String(length=32), nullable=False),
    sa.Column('author_id', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', pipeline.records.base.UtcTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['annotation_id'], ['annotation.id'], name=op.f('fk_reply_annotation_id')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_reply_author_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply'))
    )
    with op.batch_alter_table('reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reply_annotation_id'), ['annotation_id'], unique=False)

    protect_events(op.get_bind())


def downgrade() -> None:
    unprotect_events(op.get_bind())
    with op.batch_alter_table('reply', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reply_annotation_id'))

    op.drop_table('reply')
    with op.batch_alter_table('annotation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_annotation_submission_id'))
        batch_op.drop_index(batch_op.f('ix_annotation_sheet_id'))

    op.drop_table('annotation')
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_finding_submission_id'))
        batch_op.drop_index(batch_op.f('ix_finding_sheet_id'))

    op.drop_table('finding')
    with op.batch_alter_table('difference', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_difference_new_sheet_id'))
        batch_op.drop_index(batch_op.f('ix_difference_comparison_id'))

    op.drop_table('difference')
    with op.batch_alter_table('sheet', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sheet_submission_id'))
        batch_op.drop_index(batch_op.f('ix_sheet_file_id'))

    op.drop_table('sheet')
    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_file_submission_id'))
        batch_op.drop_index(batch_op.f('ix_file_sha256'))

    op.drop_table('file')
    with op.batch_alter_table('comparison', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_comparison_old_id'))
        batch_op.drop_index(batch_op.f('ix_comparison_new_id'))

    op.drop_table('comparison')
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submission_project_id'))

    op.drop_table('submission')
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_member_person_id'))

    op.drop_table('member')
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_session_person_id'))

    op.drop_table('login_session')
    op.drop_table('person')
    with op.batch_alter_table('building', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_building_project_id'))

    op.drop_table('building')
    op.drop_table('project')
    op.drop_table('organisation')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_project_id'))

    op.drop_table('notice')
    with op.batch_alter_table('login_failure', schema=None) as batch_op:
        batch_op.drop_index('ix_login_failure_net')
        batch_op.drop_index('ix_login_failure_account')

    op.drop_table('login_failure')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_job_submission_id'))
        batch_op.drop_index(batch_op.f('ix_job_state'))
        batch_op.drop_index('ix_job_ready')

    op.drop_table('job')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_project_id'))

    op.drop_table('event')
