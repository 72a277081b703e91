"""The tables of pictures; the migrations create them."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Named, Table, Text, TypedColumns

metadata = MetaData()


class PictureColumns(TypedColumns):
    """One picture, full and small, in WebP; its size in pixels is that of the full one."""

    id: Named[str] = Column(Text, primary_key=True)
    owner_id: Named[str] = Column(Text)
    width: Named[int] = Column(Integer)
    height: Named[int] = Column(Integer)
    full: Named[bytes] = Column(LargeBinary)
    thumbnail: Named[bytes] = Column(LargeBinary)


class UploadColumns(TypedColumns):
    """What an idempotency key was used for; `sha256` is the digest of what was sent."""

    owner_id: Named[str] = Column(Text, primary_key=True)
    key: Named[str] = Column(Text, primary_key=True)
    sha256: Named[str] = Column(Text)
    picture_id: Named[str] = Column(Text)


picture = Table("picture", metadata, PictureColumns)
upload = Table("upload", metadata, UploadColumns)
