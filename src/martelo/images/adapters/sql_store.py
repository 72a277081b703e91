"""Pictures in PostgreSQL: their bytes beside what is known of them, in one transaction."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import func

from martelo.images.adapters import tables
from martelo.images.domain.pictures import Encoded, ImageId, Picture
from martelo.images.domain.refusals import IdempotencyKeyReused
from martelo.images.ports import Request, Uploaded
from martelo.kernel.ids import AccountId
from martelo.runtime.postgresql.connections import DatabaseUnavailable, named_faults

KEYS_KEPT_FOR = timedelta(hours=48)


class SqlPictures:
    """`PictureStore` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_up(self) -> bool:
        """Return whether the store answers."""
        try:
            with named_faults(), self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DatabaseUnavailable:
            return False
        return True

    def find_upload(self, owner_id: AccountId, request: Request) -> Uploaded | None:
        """Return the answer of an earlier upload with this key.

        Raises:
            IdempotencyKeyReused: The key was used with another picture.
        """
        with named_faults(), self._engine.connect() as connection:
            return _find_upload(connection, owner_id, request)

    def add(self, picture: Picture, encoded: Encoded, request: Request | None) -> Uploaded:
        """Keep a picture, unless it is kept already, and the answer to its key.

        Raises:
            IdempotencyKeyReused: The key was used with another picture meanwhile.
        """
        row = insert(tables.picture).values(
            id=picture.id,
            owner_id=picture.owner_id,
            width=picture.width,
            height=picture.height,
            full=encoded.full,
            thumbnail=encoded.thumbnail,
        )
        with named_faults(), self._engine.begin() as connection:
            connection.execute(row.on_conflict_do_nothing())
            if request is None:
                return Uploaded(picture)
            return _remember(connection, picture, request)

    def find(self, image_ids: Sequence[ImageId]) -> list[Picture]:
        """Return those that are stored, in no order."""
        columns = tables.picture.c
        selected = select(columns.id, columns.owner_id, columns.width, columns.height)
        with named_faults(), self._engine.connect() as connection:
            rows = connection.execute(selected.where(columns.id.in_(image_ids)))
            return [
                Picture(ImageId(row.id), AccountId(row.owner_id), row.width, row.height)
                for row in rows
            ]

    def read_full(self, image_id: ImageId) -> bytes | None:
        """Return the bytes of a picture; `None` where there is none."""
        columns = tables.picture.c
        with named_faults(), self._engine.connect() as connection:
            return connection.scalar(select(columns.full).where(columns.id == image_id))

    def read_thumbnail(self, image_id: ImageId) -> bytes | None:
        """Return the bytes of a picture's thumbnail; `None` where there is none."""
        columns = tables.picture.c
        with named_faults(), self._engine.connect() as connection:
            return connection.scalar(select(columns.thumbnail).where(columns.id == image_id))


def _remember(connection: Connection, picture: Picture, request: Request) -> Uploaded:
    forgotten = delete(tables.upload).where(
        literal_column("created_at") < func.now() - KEYS_KEPT_FOR
    )
    connection.execute(forgotten)
    row = insert(tables.upload).values(
        owner_id=picture.owner_id, key=request.key, sha256=request.sha256, picture_id=picture.id
    )
    if connection.execute(row.on_conflict_do_nothing()).rowcount:
        return Uploaded(picture)
    # The same key came twice at once and the other was first.
    return _find_upload(connection, picture.owner_id, request) or Uploaded(picture)


def _find_upload(connection: Connection, owner_id: AccountId, request: Request) -> Uploaded | None:
    uploads, pictures = tables.upload.c, tables.picture.c
    row = connection.execute(
        select(uploads.sha256, pictures.id, pictures.width, pictures.height)
        .join(tables.picture, pictures.id == uploads.picture_id)
        .where(uploads.owner_id == owner_id, uploads.key == request.key)
    ).one_or_none()
    if row is None:
        return None
    if row.sha256 != request.sha256:
        raise IdempotencyKeyReused
    return Uploaded(Picture(ImageId(row.id), owner_id, row.width, row.height), replayed=True)
