"""The field that a lot's category is chosen in."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

from martelo.storefront.lot_parts.categories import categories

if TYPE_CHECKING:
    from martelo.storefront.web.forms import LazyText

_SLUG = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)


class CategorySelect(forms.Select):
    """A list of the house's categories, and of the current one where it is another."""

    def optgroups(
        self, name: str, value: list[str], attrs: dict[str, Any] | None = None
    ) -> list[Any]:
        """Return the options."""
        groups = super().optgroups(name, value, attrs)
        known = {str(slug) for slug, _ in self.choices}
        for slug in value:
            if slug not in known and _SLUG.fullmatch(slug):
                option = self.create_option(name, slug, slug, True, len(groups))  # noqa: FBT003 - Django's
                groups.append((None, [option], len(groups)))
        return groups


class CategoryField(forms.ChoiceField):
    """A category by its slug: one of the house's list, or any that a program gave a lot."""

    widget = CategorySelect

    def __init__(self, *, none: "LazyText") -> None:
        invalid = gettext_lazy("Choose a category from the list.")
        super().__init__(
            label=gettext_lazy("Category"),
            required=False,
            choices=lambda: [("", none), *categories().items()],
            error_messages={"invalid_choice": invalid},
        )

    def valid_value(self, value: str) -> bool:
        """Return whether the API accepts a slug."""
        return _SLUG.fullmatch(value) is not None
