"""Every setting of the demo's processes."""

from martelo.runtime.process.settings import ProcessSettings


class SeedSettings(ProcessSettings):
    """The `seed` one-off; `gateway_url` is where this machine itself reaches the house."""

    gateway_url: str


class BiddersSettings(SeedSettings):
    """`demo-bidders`; `MARTELO_PORT` is its side port, its people's passwords come of a secret."""

    demo_secret: str
