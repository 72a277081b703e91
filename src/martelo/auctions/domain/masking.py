"""Public names are masked (auction rules, section 10)."""


def mask_name(name: str) -> str:
    """Return the first and last letter of `name` round `***`; one or two letters: the first."""
    return f"{name[0]}***{name[-1]}" if len(name) > 2 else f"{name[:1]}***"
