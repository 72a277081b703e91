"""The accounts app, as Django knows it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Name the app."""

    name = "martelo.accounts"
    label = "accounts"
