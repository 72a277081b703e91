"""Products, categories and stock.

Expand and contract only: a release may find the tables of the next one.
"""

from alembic import op

revision = "0001"
down_revision = None

# As in the record of auctions: accents are folded by a plain immutable function, which serves
# generated columns and needs no right to create extensions.
FOLD = """
CREATE FUNCTION fold(text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(text),
    'áàâãäåéèêëíìîïóòôõöúùûüçñýÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝ',
    'aaaaaaeeeeiiiiooooouuuucnyaaaaaaeeeeiiiiooooouuuucny')
"""

CATEGORY = """
CREATE TABLE category (
    slug text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    food boolean NOT NULL
)
"""

PRODUCT = """
CREATE TABLE product (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seller_id text NOT NULL,
    seller_name text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    price_cents bigint NOT NULL CHECK (price_cents > 0),
    category text COLLATE "C" REFERENCES category (slug),
    sku text,
    image_ids text[] NOT NULL,
    family text,
    variant text,
    made_to_order boolean NOT NULL,
    lead_days integer NOT NULL,
    points integer NOT NULL,
    low_stock_at integer,
    food jsonb NOT NULL,
    declared_free text[] NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'published', 'withdrawn')),
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at_ms bigint,
    sort_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (fold(name)) STORED,
    search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('portuguese', fold(name)), 'A')
        || setweight(to_tsvector('portuguese', fold(coalesce(variant, ''))), 'B')
        || setweight(to_tsvector('portuguese', fold(description)), 'C')
    ) STORED,
    UNIQUE (seller_id, sku),
    CHECK (status <> 'published' OR published_at_ms IS NOT NULL)
)
"""

# Of products now; days and windows are to be stock of the same kind of row.
STOCK = """
CREATE TABLE stock (
    key text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('product', 'day', 'window')),
    quantity integer NOT NULL CHECK (quantity >= 0),
    reserved integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    is_open boolean NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    CHECK (reserved <= quantity OR kind <> 'product')
) WITH (fillfactor = 80)
"""

STOCK_MOVEMENT = """
CREATE TABLE stock_movement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stock_key text COLLATE "C" NOT NULL REFERENCES stock (key),
    delta integer NOT NULL,
    reason text NOT NULL,
    by_id text,
    request_key text,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (stock_key, by_id, request_key)
)
"""

CREATION = """
CREATE TABLE creation (
    seller_id text NOT NULL,
    key text NOT NULL,
    sha256 text NOT NULL,
    product_id bigint NOT NULL REFERENCES product (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (seller_id, key)
)
"""

# One index for each order of what everybody sees.
INDEXES = (
    "CREATE INDEX product_by_age ON product (published_at_ms, id) WHERE status = 'published'",
    "CREATE INDEX product_by_price ON product (price_cents, id) WHERE status = 'published'",
    "CREATE INDEX product_by_name ON product (sort_name, id) WHERE status = 'published'",
    (
        "CREATE INDEX product_by_category ON product (category, published_at_ms, id)"
        " WHERE status = 'published'"
    ),
    "CREATE INDEX product_by_text ON product USING gin (search)",
    "CREATE INDEX product_by_declaration ON product USING gin (declared_free)",
    "CREATE INDEX product_by_seller ON product (seller_id, id)",
    "CREATE INDEX product_by_family ON product (seller_id, family, id) WHERE family IS NOT NULL",
    "CREATE INDEX stock_movement_by_stock ON stock_movement (stock_key, id)",
    "CREATE INDEX creation_by_age ON creation (created_at)",
    "CREATE INDEX creation_by_product ON creation (product_id)",
)


def upgrade() -> None:
    """Create the tables."""
    for statement in (FOLD, CATEGORY, PRODUCT, STOCK, STOCK_MOVEMENT, CREATION, *INDEXES):
        op.execute(statement)
