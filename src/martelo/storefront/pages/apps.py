"""The pages app, as Django knows it: templates, and no table."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Name the app."""

    name = "martelo.storefront.pages"
    label = "pages"
