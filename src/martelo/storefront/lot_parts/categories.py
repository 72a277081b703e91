"""The house's list of categories: slugs of the API, and what they are called."""

from django.utils.translation import gettext


def categories() -> dict[str, str]:
    """Return each category's name by its slug, in the order they are offered."""
    return {
        "bolos": gettext("Cakes"),
        "doces": gettext("Sweets"),
        "tortas": gettext("Pies and tarts"),
        "chocolates": gettext("Chocolates"),
        "paes": gettext("Breads"),
        "biscoitos": gettext("Biscuits"),
        "salgados": gettext("Savouries"),
        "cestas": gettext("Hampers"),
        "festas": gettext("Party tables"),
        "utensilios": gettext("Kitchenware"),
        "arte": gettext("Art and crafts"),
        "colecionaveis": gettext("Collectables"),
        "outros": gettext("Other things"),
    }


def category_name(slug: str | None) -> str:
    """Return what a category is called; one that is not on the list goes by its slug."""
    return categories().get(slug, slug) if slug else ""
