import msgspec
import pytest

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.django.bodies import parse_body
from martelo.runtime.problems.typed_fields import typed_fields


class Person(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    scopes: list[str] = []


PEOPLE = msgspec.json.Decoder(Person)


class TestParseBody:
    def test_reads_what_was_declared(self) -> None:
        assert parse_body(b'{"name": "Ana", "scopes": ["bid"]}', PEOPLE) == Person("Ana", ["bid"])

    @pytest.mark.parametrize(
        ("body", "fault"),
        [
            (b"{}", FieldError("name", FieldCode.REQUIRED)),
            (b'{"name": 1}', FieldError("name", FieldCode.WRONG_TYPE, {"expected": "string"})),
            (
                b'{"name": "A", "nmae": 1}',
                FieldError("nmae", FieldCode.UNKNOWN_FIELD),
            ),
            (
                b'{"name": "A", "scopes": [1]}',
                FieldError("scopes[0]", FieldCode.WRONG_TYPE, {"expected": "string"}),
            ),
            (b"[]", FieldError("", FieldCode.WRONG_TYPE, {"expected": "object"})),
            (b"null", FieldError("", FieldCode.WRONG_TYPE, {"expected": "object"})),
        ],
    )
    def test_names_the_field_at_fault(self, body: bytes, fault: FieldError) -> None:
        with pytest.raises(InvalidInput) as refused:
            parse_body(body, PEOPLE)

        assert refused.value.errors == (fault,)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b'{"name": "A"} trailing',
            b"NaN",
            b"{'name': 'A'}",
            b'{"name": "\xff"}',
            b'{"\xff": 1}',
            b'{"name": "\\ud800"}',
            b"\xef\xbb\xbf{}",
            b"[" * 100_000,
            b'{"name":' + b"[" * 100_000,
            b'{"x":' + b"[" * 100_000,
            b'{"name": 1e99999}',
            b'{"name": ' + b"1" * 60_000 + b"}",
            b"\x00",
        ],
    )
    def test_refuses_what_is_broken(self, body: bytes) -> None:
        with pytest.raises(InvalidInput):
            parse_body(body, PEOPLE)

    def test_repeats_no_more_than_a_little_of_what_was_sent(self) -> None:
        with pytest.raises(InvalidInput) as refused:
            parse_body(b'{"' + b"x" * 60_000 + b'": 1}', PEOPLE)

        assert len(str(typed_fields(refused.value))) <= 300
