"""The demo: lots for an empty house, and simulated people who bid on them."""

from martelo.stack.topology.process import COMMON_SETTINGS, Context, OneOff, Process, Stage

BIDDERS = Process(
    name="demo-bidders",
    stage=Stage.WORKER,
    context="demo",
    argument="bidders",
    ports={"side": 5030},
    needs=("demo-seed",),
    calls=("gateway",),
    settings=(*COMMON_SETTINGS, "GATEWAY_URL", "DEMO_SECRET"),
    budget_mb=45,
    demo=True,
)

SEED = OneOff(
    name="demo-seed",
    context="demo",
    argument="seed",
    needs=("demo-accounts", "auctions-api", "gateway"),
    settings=(*COMMON_SETTINGS, "GATEWAY_URL"),
    demo=True,
)

CONTEXT = Context(name="demo", identity="demo", processes=(BIDDERS,), one_offs=(SEED,))
