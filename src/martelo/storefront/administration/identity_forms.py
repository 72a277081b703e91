"""Forms of the house's identity: who runs it, and how it looks."""

from dataclasses import fields

from django import forms
from django.utils.translation import gettext_lazy

from martelo.accounts.house.identity import MAX_LENGTHS, Identity, format_tax_id
from martelo.accounts.models import HouseSettings
from martelo.kernel.email_addresses import MAX_EMAIL_LENGTH
from martelo.storefront.web.forms import ChoiceField, Form, bound_fields


class IdentityForm(Form):
    """Who runs the house; accounts check what the fields say."""

    tagline = forms.CharField(
        label=gettext_lazy("Tagline"),
        max_length=MAX_LENGTHS["tagline"],
        required=False,
        help_text=gettext_lazy("One sentence about the house."),
    )
    accent = forms.CharField(
        label=gettext_lazy("Colour"),
        required=False,
        help_text=gettext_lazy(
            "Of buttons and links, written as #8a2f1d. The dark theme uses a lighter shade of it. "
            "Leave it empty for Martelo's own."
        ),
    )
    legal_name = forms.CharField(
        label=gettext_lazy("Full or registered name"),
        max_length=MAX_LENGTHS["legal_name"],
        required=False,
    )
    tax_id = forms.CharField(
        label=gettext_lazy("CPF or CNPJ"), max_length=MAX_EMAIL_LENGTH, required=False
    )
    conducted_by = ChoiceField(
        label=gettext_lazy("Who conducts the sales"),
        choices=(
            ("seller", gettext_lazy("each seller")),
            ("charity", gettext_lazy("this house, for a charitable cause")),
            ("auctioneer", gettext_lazy("an official auctioneer")),
        ),
        help_text=gettext_lazy(
            "Only an official auctioneer registered with a Junta Comercial may be named as one."
        ),
    )
    auctioneer_registration = forms.CharField(
        label=gettext_lazy("The auctioneer's registration"),
        max_length=MAX_LENGTHS["auctioneer_registration"],
        required=False,
        help_text=gettext_lazy("For example: JUCESP no. 123"),
    )
    contact_email = forms.CharField(
        label=gettext_lazy("E-mail"),
        max_length=MAX_EMAIL_LENGTH,
        required=False,
        widget=forms.EmailInput,
    )
    contact_phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=MAX_LENGTHS["contact_phone"],
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    postal_address = forms.CharField(
        label=gettext_lazy("Address"), max_length=MAX_LENGTHS["postal_address"], required=False
    )

    @property
    def appearance(self) -> list[forms.BoundField]:
        """Return the fields of how the house looks."""
        return bound_fields(self, ("tagline", "accent"))

    @property
    def responsible(self) -> list[forms.BoundField]:
        """Return the fields of who runs the house."""
        names = ("legal_name", "tax_id", "conducted_by", "auctioneer_registration")
        return bound_fields(self, names)

    @property
    def contact(self) -> list[forms.BoundField]:
        """Return the fields of how the house is reached."""
        return bound_fields(self, ("contact_email", "contact_phone", "postal_address"))

    def identity(self) -> Identity:
        """Return what a valid form says."""
        return Identity(**{each.name: self.cleaned_data[each.name] for each in fields(Identity)})


def identity_form(house: HouseSettings) -> IdentityForm:
    """Return the form of the identity in force."""
    known = {each.name: getattr(house, each.name) for each in fields(Identity)}
    shown = format_tax_id(house.tax_id) if house.tax_id else ""
    return IdentityForm(initial={**known, "tax_id": shown})


class LogoForm(Form):
    """A picture to show instead of the house's name."""

    logo = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("JPEG, PNG or WebP; a wide picture on a plain ground looks best."),
        error_messages={
            "required": gettext_lazy("Choose a picture."),
            "empty": gettext_lazy("This file is empty. Choose another picture."),
        },
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class DocumentForm(Form):
    """A text of the house."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        strip=False,
        required=False,
        help_text=gettext_lazy(
            "Headings, lists and emphasis are written in Markdown: # heading, - item, **bold**."
        ),
        widget=forms.Textarea(attrs={"rows": 18}),
    )
