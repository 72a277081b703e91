"""The catalog: products of the shop, their categories and stock."""

from martelo.stack.topology.process import COMMON_SETTINGS, Context, OneOff

MIGRATE = OneOff(
    name="catalog-migrate",
    context="catalog",
    argument="migrate",
    needs=("postgresql",),
    settings=(*COMMON_SETTINGS, "DATABASE_URL", "DATABASE_OWNER_URL"),
)

CONTEXT = Context(
    name="catalog",
    identity="catalog",
    processes=(),
    one_offs=(MIGRATE,),
    has_database=True,
    switch="SHOP",
)
