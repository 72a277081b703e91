"""Forms of administrators: the house's settings, and which effects are listed."""

from django import forms
from django.utils.translation import gettext, gettext_lazy

from martelo.accounts.house.settings import ENDS, HouseChange
from martelo.accounts.models import HouseSettings
from martelo.storefront.web.forms import ChoiceField, Form, NameField, bound_fields


def _languages() -> list[tuple[str, str]]:
    return [("pt-BR", "Português"), ("en", "English")]


def _tones() -> list[tuple[str, str]]:
    return [("warm", gettext("Warm")), ("plain", gettext("Plain"))]


def _winner_namings() -> list[tuple[str, str]]:
    return [
        ("first_and_initial", gettext("First name and initial: Ana S.")),
        ("masked", gettext("Masked: A***a")),
        ("whole", gettext("Full name: Ana Souza")),
    ]


class HouseForm(Form):
    """How the house's texts are written, whom its e-mails are from, and what it posts."""

    name = NameField(label=gettext_lazy("Name of the house"), api_name="")
    sender_name = NameField(
        label=gettext_lazy("Sender of the e-mails"),
        api_name="",
        help_text=gettext_lazy("The name that people see in their inbox."),
    )
    language = ChoiceField(label=gettext_lazy("Language of the texts"), choices=_languages)
    tone = ChoiceField(label=gettext_lazy("Tone"), choices=_tones)
    winner_naming = ChoiceField(
        label=gettext_lazy("How public texts name the winner"),
        choices=_winner_namings,
        help_text=gettext_lazy(
            "In the report and in posts. Seller and winner see the full name anyway."
        ),
    )
    posts_sold = forms.BooleanField(label=gettext_lazy("Lots that were sold"), required=False)
    posts_unsold = forms.BooleanField(label=gettext_lazy("Lots that were not sold"), required=False)
    posts_cancelled = forms.BooleanField(
        label=gettext_lazy("Auctions that were cancelled"), required=False
    )

    who_may_sell = ChoiceField(
        label=gettext_lazy("Who may sell"),
        choices=(
            ("everybody", gettext_lazy("everybody")),
            ("approved", gettext_lazy("people whom an administrator approved")),
            ("house", gettext_lazy("only the administrators")),
        ),
        help_text=gettext_lazy("Lots that are open already go on."),
    )

    @property
    def selling(self) -> list[forms.BoundField]:
        """Return the fields of who may sell."""
        return bound_fields(self, ("who_may_sell",))

    @property
    def names(self) -> list[forms.BoundField]:
        """Return the fields of names."""
        return bound_fields(self, ("name", "sender_name"))

    @property
    def texts(self) -> list[forms.BoundField]:
        """Return the fields of how texts are written."""
        return bound_fields(self, ("language", "tone", "winner_naming"))

    @property
    def posts(self) -> list[forms.BoundField]:
        """Return the fields of what is posted."""
        return bound_fields(self, [f"posts_{end}" for end in ENDS])

    def change(self) -> HouseChange:
        """Return the settings that a valid form asks for."""
        values = self.cleaned_data
        return HouseChange(
            name=values["name"],
            sender_name=values["sender_name"],
            language=values["language"],
            tone=values["tone"],
            winner_naming=values["winner_naming"],
            posts=tuple(end for end in ENDS if values[f"posts_{end}"]),
            who_may_sell=values["who_may_sell"],
        )


def house_form(house: HouseSettings) -> HouseForm:
    """Return the form of the settings in force."""
    names = ("name", "sender_name", "language", "tone", "winner_naming", "who_may_sell")
    settings: dict[str, object] = {name: getattr(house, name) for name in names}
    return HouseForm(initial={**settings, **{f"posts_{end}": True for end in house.posts}})


class EffectFilterForm(Form):
    """Which lot's effects are listed."""

    auction = forms.CharField(
        label=gettext_lazy("Only of this lot"),
        help_text=gettext_lazy("Its number, or the address of its page."),
        required=False,
    )
