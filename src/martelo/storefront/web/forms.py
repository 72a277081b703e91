"""Forms of the pages: Django's fields and checks, shown by `web/field.html`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import DjangoTemplates
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy

from martelo.accounts.details import MAX_NAME_LENGTH, name_faults
from martelo.kernel.one_line import clean_line
from martelo.kernel.refusal import FieldError
from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.texts.field_texts import explain_fault
from martelo.storefront.texts.formatting import parse_local, parse_money, write_instant

if TYPE_CHECKING:
    from django.utils.datastructures import MultiValueDict
    from django.utils.functional import _StrOrPromise

    Files = MultiValueDict[str, UploadedFile[Any]]
    LazyText = _StrOrPromise


class Renderer(DjangoTemplates):
    """Django's own templates for widgets, and ours for what surrounds one."""

    field_template_name = "web/field.html"


class BoundField(forms.BoundField):
    """A field of a form whose hint and error have the ids of our template."""

    @property
    def aria_describedby(self) -> str:
        """Return the ids of what describes the field."""
        texts = (("hint", self.help_text), ("fault", self.errors))
        return " ".join(f"{self.auto_id}-{name}" for name, text in texts if text)


class Form(forms.Form):
    """A form of a page.

    `marked_optional` are the fields whose label says that they are optional; `api_fields` are the
    form's fields by the API's name where the two differ.
    """

    default_renderer = Renderer
    bound_field_class = BoundField
    marked_optional: ClassVar[Collection[str]] = ()
    api_fields: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        files: "Files | None" = None,
        *,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, files, auto_id="field-%s", initial=dict(initial or {}))

    @property
    def summary(self) -> str:
        """Return what is wrong with the form itself, or that some fields are marked."""
        for text in self.non_field_errors():
            return str(text)
        return gettext("Please check the fields marked below.") if self.errors else ""

    def attach(self, errors: Mapping[str, str]) -> None:
        """Attach each text to the field it is about, and to the form where it has no such field."""
        for api_name, text in errors.items():
            name = self.api_fields.get(api_name, api_name)
            self.add_error(name if name in self.fields else None, text)

    def attach_refusal(self, refusal: ApiResponse) -> None:
        """Attach why an API refused what the form sent."""
        explanation = explain(refusal)
        self.attach(explanation.fields or {"": explanation.text})


def bound_fields(form: forms.Form, names: Sequence[str]) -> list[forms.BoundField]:
    """Return some of a form's fields, in the order of `names`."""
    return [form[name] for name in names]


def refuse_faults(api_name: str, faults: Iterable[FieldError]) -> None:
    """Raise the first of a field's faults, in words."""
    for fault in faults:
        raise ValidationError(explain_fault(api_name, fault.code, fault.bounds))


class NameField(forms.CharField):
    """A name of a person or of the house, by the rule of accounts.

    `api_name` is what a broken rule is explained for: `name` for a person's.
    """

    def __init__(
        self,
        *,
        api_name: str,
        label: "LazyText",
        help_text: "LazyText" = "",
        autocomplete: str = "",
    ) -> None:
        attributes = {"autocomplete": autocomplete} if autocomplete else None
        super().__init__(
            label=label,
            help_text=help_text,
            max_length=MAX_NAME_LENGTH,
            widget=forms.TextInput(attrs=attributes),
        )
        self._api_name = api_name

    def to_python(self, value: object) -> str:
        """Return the name as accounts store it."""
        return clean_line(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Refuse what accounts would."""
        refuse_faults(self._api_name, name_faults(self._api_name, value))


class MultilineField(forms.CharField):
    """A text of several lines, whose line ends are the same for every browser."""

    widget = forms.Textarea(attrs={"rows": 6})

    def to_python(self, value: object) -> str:
        """Return the text, its lines ended by a line feed."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class ChoiceField(forms.ChoiceField):
    """A choice from a list."""

    default_error_messages: ClassVar = {
        "required": gettext_lazy("Choose an option from the list."),
        "invalid_choice": gettext_lazy("Choose an option from the list."),
    }


class MoneyInput(forms.TextInput):
    """An amount in reais; `web/field.html` writes the currency before it."""

    def __init__(self) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off"})


class MoneyField(forms.CharField):
    """An amount as people write it in the page's language; its value is the API's: `1234.50`."""

    widget = MoneyInput
    default_error_messages: ClassVar = {
        "required": gettext_lazy("Write an amount above zero, as 150 or 150,00."),
        "invalid": gettext_lazy("Write an amount above zero, as 150 or 150,00."),
    }

    def to_python(self, value: object) -> str:
        """Return the amount, empty where nothing was typed."""
        typed = super().to_python(value) or ""
        amount = parse_money(typed, get_language() or "") if typed else ""
        if amount is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return amount


class LocalDateTimeInput(forms.TextInput):
    """A day and a time, chosen with the browser's own calendar."""

    input_type = "datetime-local"


class LocalDateTimeField(forms.CharField):
    """A day and a time in the reader's zone; its value is an instant of the API."""

    widget = LocalDateTimeInput
    default_error_messages: ClassVar = {"invalid": gettext_lazy("Choose a day and a time.")}

    def to_python(self, value: object) -> str:
        """Return the instant, empty where nothing was chosen."""
        typed = super().to_python(value) or ""
        if not typed:
            return ""
        at = parse_local(typed, timezone.get_current_timezone())
        if at is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return write_instant(at)
