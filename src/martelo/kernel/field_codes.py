"""Why a field is invalid: stable codes, and the English message of each."""

from collections.abc import Mapping
from enum import StrEnum


class FieldCode(StrEnum):
    """A stable code of a field error; programs act on it, and pages translate it."""

    REQUIRED = "required"
    ONE_REQUIRED = "one_required"
    EXACTLY_ONE_REQUIRED = "exactly_one_required"
    UNKNOWN_FIELD = "unknown_field"
    DUPLICATE_FIELD = "duplicate_field"
    DUPLICATE_VALUES = "duplicate_values"
    INVALID = "invalid"
    MALFORMED_JSON = "malformed_json"
    WRONG_TYPE = "wrong_type"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_AN_INSTANT = "not_an_instant"
    NOT_AN_EMAIL = "not_an_email"
    NOT_AN_ID = "not_an_id"
    NOT_A_SLUG = "not_a_slug"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_COLOUR = "not_a_colour"
    TOO_LIGHT = "too_light"
    NOT_A_TAX_ID = "not_a_tax_id"
    NOT_PRINTABLE_ASCII = "not_printable_ascii"
    CONTROL_CHARACTERS = "control_characters"
    NO_VISIBLE_CHARACTER = "no_visible_character"
    TOO_MANY_MARKS = "too_many_marks"
    RESERVED_NAME = "reserved_name"
    COMMON_PASSWORD = "common_password"  # noqa: S105 - a code
    PERSONAL_PASSWORD = "personal_password"  # noqa: S105 - a code
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code
    INVALID_CURSOR = "invalid_cursor"
    RESERVE_PRICE_TOO_LOW = "reserve_price_too_low"
    BUY_NOW_PRICE_TOO_LOW = "buy_now_price_too_low"
    TOO_FAR_AHEAD = "too_far_ahead"
    DURATION_OUT_OF_RANGE = "duration_out_of_range"
    NOT_YOUR_PICTURES = "not_your_pictures"
    ALREADY_WATCHED = "already_watched"
    TOO_MANY_WATCHED = "too_many_watched"
    LEFT_WHILE_JOINING = "left_while_joining"
    CONNECTION_CLOSING = "connection_closing"
    UNKNOWN_EVENT = "unknown_event"
    MALFORMED_PACKET = "malformed_packet"


MESSAGES: Mapping[FieldCode, str] = {
    FieldCode.REQUIRED: "is required",
    FieldCode.ONE_REQUIRED: "at least one of {fields} must be given",
    FieldCode.EXACTLY_ONE_REQUIRED: "exactly one of {fields} must be given",
    FieldCode.UNKNOWN_FIELD: "unknown field",
    FieldCode.DUPLICATE_FIELD: "appears twice",
    FieldCode.DUPLICATE_VALUES: "must not repeat a value",
    FieldCode.INVALID: "is invalid",
    FieldCode.MALFORMED_JSON: "malformed JSON",
    FieldCode.WRONG_TYPE: "must be of type {expected}",
    FieldCode.TOO_SHORT: "must have at least {min} characters",
    FieldCode.TOO_LONG: "must have at most {max} characters",
    FieldCode.TOO_FEW: "must have at least {min} items",
    FieldCode.TOO_MANY: "must have at most {max} items",
    FieldCode.OUT_OF_RANGE: "must be from {min} to {max}",
    FieldCode.NOT_A_WHOLE_NUMBER: "must be a whole number",
    FieldCode.NOT_AN_AMOUNT: (
        "must be an amount above zero with at most two decimals, such as 150.00"
    ),
    FieldCode.NOT_AN_INSTANT: (
        "must be an RFC 3339 instant with an offset, such as 2026-01-31T12:00:00Z"
    ),
    FieldCode.NOT_AN_EMAIL: "must be an e-mail address",
    FieldCode.NOT_AN_ID: "must be an id of at most {max} letters, digits, hyphens and underscores",
    FieldCode.NOT_A_SLUG: "must be at most {max} small letters, digits and hyphens",
    FieldCode.NOT_A_CHOICE: "must be one of {choices}",
    FieldCode.NOT_A_COLOUR: "must be a colour such as #8a2f1d",
    FieldCode.TOO_LIGHT: "must be dark enough to be read on a light page, such as {suggestion}",
    FieldCode.NOT_A_TAX_ID: "must be a CPF or CNPJ",
    FieldCode.NOT_PRINTABLE_ASCII: "must be {min} to {max} printable ASCII characters",
    FieldCode.CONTROL_CHARACTERS: "must not contain control characters",
    FieldCode.NO_VISIBLE_CHARACTER: "must contain a visible character",
    FieldCode.TOO_MANY_MARKS: "must not have more than {max} combining marks in a row",
    FieldCode.RESERVED_NAME: "must not pass for the house or for who runs it",
    FieldCode.COMMON_PASSWORD: "must not be a common password",
    FieldCode.PERSONAL_PASSWORD: "must not be your name, your e-mail address or the house's name",
    FieldCode.WRONG_PASSWORD: "is not your current password",
    FieldCode.INVALID_CURSOR: "invalid cursor",
    FieldCode.RESERVE_PRICE_TOO_LOW: "must not be below the starting price",
    FieldCode.BUY_NOW_PRICE_TOO_LOW: (
        "must be above the starting price and not below the reserve price"
    ),
    FieldCode.TOO_FAR_AHEAD: "must be at most {max_days} days from now",
    FieldCode.DURATION_OUT_OF_RANGE: (
        "must be from {min_seconds} seconds to {max_days} days after the start"
    ),
    FieldCode.NOT_YOUR_PICTURES: "must be pictures of your own; these are not: {ids}",
    FieldCode.ALREADY_WATCHED: "is already watched on this connection",
    FieldCode.TOO_MANY_WATCHED: "a connection can watch at most {max} auctions",
    FieldCode.LEFT_WHILE_JOINING: "was left before the join completed",
    FieldCode.CONNECTION_CLOSING: "the connection is closing",
    FieldCode.UNKNOWN_EVENT: "unknown event",
    FieldCode.MALFORMED_PACKET: "malformed packet",
}
