"""Where the migrations of the agent's database are."""

from pathlib import Path

FOLDER = Path(__file__).parent / "migrations"
