"""The benchmarks; each is a module of this package with `run(scale) -> Report`."""

NAMES: tuple[str, ...] = ("bid_path", "fan_out", "store", "closing", "listing")
