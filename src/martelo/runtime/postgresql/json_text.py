"""`jsonb` columns as JSON text."""

from sqlalchemy import Text, cast
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.expression import BindParameter
from sqlalchemy.types import TypeDecorator


class JsonText(TypeDecorator[str]):
    """A `jsonb` column whose values are JSON text in Python, for typed decoders to read."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindparam: BindParameter[str]) -> ColumnElement[str]:
        """Send the text as `jsonb`."""
        return cast(bindparam, JSONB)

    def column_expression(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """Read `jsonb` as its text."""
        return cast(column, Text)
