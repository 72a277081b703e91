import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from unit.docs.tables import DOCS

ROOT = DOCS.parent
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def links_of(page: Path) -> Iterator[tuple[Path, str]]:
    """Yield the targets of a page's links inside the repository: file and anchor."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith("https://"):
            name, _, anchor = target.partition("#")
            yield (page.parent / name).resolve() if name else page, anchor


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts generate them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class TestLinks:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
    def test_lead_somewhere(self, page: Path) -> None:
        for file, anchor in links_of(page):
            assert file.exists(), f"{page.name} links to {file}"
            assert not anchor or anchor in anchors_of(file), f"{page.name} links to #{anchor}"


class TestDecisions:
    def test_are_numbered_without_gaps_and_listed(self) -> None:
        listed = re.findall(r"\((\d{4}-[a-z-]+\.md)\)", (DOCS / "adr/README.md").read_text("utf-8"))
        files = sorted(path.name for path in (DOCS / "adr").glob("0*.md"))

        assert list(dict.fromkeys(sorted(listed))) == files
        assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
