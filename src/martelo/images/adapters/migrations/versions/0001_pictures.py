"""Pictures, and what idempotency keys were used for.

Expand and contract only: a release may find the tables of the next one.
"""

from alembic import op

revision = "0001"
down_revision = None

PICTURE = """
CREATE TABLE picture (
    id text COLLATE "C" PRIMARY KEY,
    owner_id text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    "full" bytea NOT NULL,
    thumbnail bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""

UPLOAD = """
CREATE TABLE upload (
    owner_id text NOT NULL,
    key text NOT NULL,
    sha256 text NOT NULL,
    picture_id text COLLATE "C" NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, key)
)
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(PICTURE)
    # WebP does not shrink any further; the attempt would only cost.
    op.execute('ALTER TABLE picture ALTER COLUMN "full" SET STORAGE EXTERNAL')
    op.execute("ALTER TABLE picture ALTER COLUMN thumbnail SET STORAGE EXTERNAL")
    op.execute("CREATE INDEX picture_by_owner ON picture (owner_id, created_at)")
    op.execute(UPLOAD)
    op.execute("CREATE INDEX upload_by_picture ON upload (picture_id)")
    op.execute("CREATE INDEX upload_by_age ON upload (created_at)")
