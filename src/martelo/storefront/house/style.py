"""The style sheet that gives pages the house's own colours."""

from martelo.accounts.house.colours import Palette, dark_palette, light_palette


def style_sheet(accent: str) -> str:
    """Return the colours of both themes, for a house's accent."""
    light, dark = _tokens(light_palette(accent)), _tokens(dark_palette(accent))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def _tokens(palette: Palette) -> str:
    return (
        f"--brand: {palette.brand}; --brand-ink: {palette.brand_ink}; "
        f"--brand-ground: {palette.brand_ground};"
    )
