"""Django for the tests of this folder."""

from fakes.storefront_world import client, world

__all__ = ["client", "world"]
