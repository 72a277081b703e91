"""The least step between prices (auction rules, section 4)."""

Bands = tuple[tuple[int, int], ...]
"""`(price from, step)` in centavos, ascending; the first band starts at one centavo."""

TABLE: Bands = (
    (1, 5),
    (100, 25),
    (500, 50),
    (2_500, 100),
    (10_000, 250),
    (25_000, 500),
    (50_000, 1_000),
    (100_000, 2_500),
    (250_000, 5_000),
    (500_000, 10_000),
)
"""The house's table. It is frozen into each auction at its creation."""


def fixed_step(step_cents: int) -> Bands:
    """Return the one band of an auction with a fixed `min_increment`."""
    return ((1, step_cents),)


def step_at(price_cents: int, bands: Bands) -> int:
    """Return the step in centavos at `price_cents`: that of the value the step is added to."""
    step_cents = bands[0][1]
    for from_cents, band_step_cents in bands:
        if price_cents < from_cents:
            break
        step_cents = band_step_cents
    return step_cents
