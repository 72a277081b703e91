"""What is wrong with a field, for people, by the code of its error."""

from collections.abc import Mapping

from django.utils.translation import gettext

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import Bounds


def explain_fault(field: str, code: str, bounds: Bounds) -> str:
    """Return what is wrong with a field, in the active language, with the bounds' numbers."""
    texts = _texts_of_fields().get((field, code)) or _texts().get(code)
    return (texts or gettext("Please check this field.")) % _numbers(bounds)


def _numbers(bounds: Bounds) -> Mapping[str, object]:
    return {
        name: bound if isinstance(bound, int | str) else ", ".join(bound)
        for name, bound in bounds.items()
    }


def _texts_of_fields() -> dict[tuple[str, str], str]:
    """Return the texts of fields that people fill in, where they differ from the code's own."""
    return {
        ("title", FieldCode.REQUIRED): gettext("Write a title."),
        ("name", FieldCode.REQUIRED): gettext("Write your name."),
        ("reason", FieldCode.REQUIRED): gettext("Give a reason."),
        ("starting_price", FieldCode.REQUIRED): gettext("Write a starting price."),
        ("image_ids", FieldCode.TOO_MANY): gettext("Choose at most %(max)s pictures."),
        ("category", FieldCode.NOT_A_SLUG): gettext("Choose a category from the list."),
        ("soft_close_window_s", FieldCode.OUT_OF_RANGE): gettext(
            "Choose from %(min)s to %(max)s seconds."
        ),
        ("soft_close_cap_s", FieldCode.OUT_OF_RANGE): gettext(
            "Choose from %(min)s to %(max)s seconds."
        ),
        ("ends_at", FieldCode.EXACTLY_ONE_REQUIRED): gettext(
            "Choose how long the auction lasts, or when it ends."
        ),
    }


def _texts() -> dict[str, str]:
    """Return the text of every code."""
    return {**_form_texts(), **_selling_texts(), **_program_texts()}


def _form_texts() -> dict[str, str]:
    return {
        FieldCode.REQUIRED: gettext("Fill in this field."),
        FieldCode.INVALID: gettext("This value is not accepted. Please check it."),
        FieldCode.TOO_SHORT: gettext("Write at least %(min)s characters."),
        FieldCode.TOO_LONG: gettext("Write at most %(max)s characters."),
        FieldCode.TOO_FEW: gettext("Choose at least %(min)s."),
        FieldCode.TOO_MANY: gettext("Choose at most %(max)s."),
        FieldCode.OUT_OF_RANGE: gettext("Write a number from %(min)s to %(max)s."),
        FieldCode.NOT_A_WHOLE_NUMBER: gettext("Write a whole number."),
        FieldCode.NOT_AN_AMOUNT: gettext("Write an amount above zero, such as 150 or 150.00."),
        FieldCode.NOT_AN_INSTANT: gettext("Write a date and time."),
        FieldCode.NOT_AN_EMAIL: gettext("Write an e-mail address, such as ana@example.com."),
        FieldCode.NOT_A_CHOICE: gettext("Choose an option from the list."),
        FieldCode.NOT_A_COLOUR: gettext("Choose a colour, such as #8a2f1d."),
        FieldCode.TOO_LIGHT: gettext(
            "Text in this colour is hard to read on a light page. Choose a darker one, such as "
            "%(suggestion)s."
        ),
        FieldCode.NOT_A_TAX_ID: gettext("Write a CPF or CNPJ; its check digits do not match."),
        FieldCode.CONTROL_CHARACTERS: gettext("Remove the invisible characters from this text."),
        FieldCode.NO_VISIBLE_CHARACTER: gettext("Write at least one visible character."),
        FieldCode.TOO_MANY_MARKS: gettext("Put at most %(max)s marks on one letter."),
        FieldCode.RESERVED_NAME: gettext(
            "This name could pass for the house or for who runs it. Choose another."
        ),
        FieldCode.COMMON_PASSWORD: gettext("Many people use this password. Choose another."),
        FieldCode.PERSONAL_PASSWORD: gettext(
            "Choose a password other than your name, your e-mail address or the house's name."
        ),
        FieldCode.WRONG_PASSWORD: gettext("This is not your current password."),
    }


def _selling_texts() -> dict[str, str]:
    return {
        FieldCode.RESERVE_PRICE_TOO_LOW: gettext("The reserve cannot be below the starting price."),
        FieldCode.BUY_NOW_PRICE_TOO_LOW: gettext(
            "The buy-now price must be above the starting price and not below the reserve."
        ),
        FieldCode.TOO_FAR_AHEAD: gettext("Choose a start at most %(max_days)s days from now."),
        FieldCode.DURATION_OUT_OF_RANGE: gettext(
            "The auction must last from %(min_seconds)s seconds to %(max_days)s days."
        ),
        FieldCode.NOT_YOUR_PICTURES: gettext(
            "One of these pictures is not yours, or no longer exists."
        ),
    }


def _program_texts() -> dict[str, str]:
    """Return the texts of codes that only programs cause, or a form of ours that is broken."""
    return {
        FieldCode.ONE_REQUIRED: gettext("Fill in at least one of these fields: %(fields)s."),
        FieldCode.EXACTLY_ONE_REQUIRED: gettext("Fill in only one of these fields: %(fields)s."),
        FieldCode.UNKNOWN_FIELD: gettext("This field does not exist."),
        FieldCode.DUPLICATE_FIELD: gettext("This field appears twice."),
        FieldCode.DUPLICATE_VALUES: gettext("Choose each option only once."),
        FieldCode.MALFORMED_JSON: gettext("The request could not be read."),
        FieldCode.WRONG_TYPE: gettext("This value must be of type %(expected)s."),
        FieldCode.NOT_AN_ID: gettext(
            "Write an id of at most %(max)s letters, digits, hyphens and underscores."
        ),
        FieldCode.NOT_A_SLUG: gettext("Write at most %(max)s small letters, digits and hyphens."),
        FieldCode.NOT_PRINTABLE_ASCII: gettext(
            "Write from %(min)s to %(max)s unaccented letters, digits and signs."
        ),
        FieldCode.INVALID_CURSOR: gettext("This page of the list does not exist."),
        FieldCode.ALREADY_WATCHED: gettext("You are already watching this auction."),
        FieldCode.TOO_MANY_WATCHED: gettext("You can watch at most %(max)s auctions at once."),
        FieldCode.LEFT_WHILE_JOINING: gettext("You left this auction before it opened."),
        FieldCode.CONNECTION_CLOSING: gettext("The connection is closing."),
        FieldCode.UNKNOWN_EVENT: gettext("This event does not exist."),
        FieldCode.MALFORMED_PACKET: gettext("The message could not be read."),
    }
