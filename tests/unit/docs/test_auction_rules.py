"""Every citation of the auction rules leads to a section and a rule that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from unit.docs.tables import DOCS

ROOT = DOCS.parent
RULES = DOCS / "auction-rules.md"
FOLDERS = ("src", "tests", "benchmarks", "docs")
SUFFIXES = {".py", ".lua", ".md", ".yaml"}
COMMENT_SIGNS = re.compile(r"\n\s*(?:#|--|\*|//)?\s*")
NUMBERS = r"([0-9]+(?:(?:, | and | to |, rule )[0-9]+)*)"
CITATION = re.compile(rf"auction rules,\s+sections?\s+{NUMBERS}", re.IGNORECASE)
SECTION_OF_PAGE = re.compile(rf"\bsections? {NUMBERS}")
RULE = re.compile(rf"\brules? {NUMBERS}", re.IGNORECASE)


def sections() -> dict[int, set[int]]:
    """Return the sections of the rules, each with the numbers of its rules."""
    parts = re.split(r"^## ([0-9]+) ", RULES.read_text("utf-8"), flags=re.MULTILINE)
    return {
        int(number): {int(rule) for rule in re.findall(r"^([0-9]+)\. ", text, re.MULTILINE)}
        for number, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def numbers(text: str) -> set[int]:
    """Return the numbers of "3", "2, 6 and 8", "5 to 7" or, of a section, "5, rule 7"."""
    found = [int(number) for number in re.findall(r"[0-9]+", text.partition(", rule")[0])]
    return set(range(found[0], found[-1] + 1)) if " to " in text else set(found)


def citing_files() -> Iterator[tuple[str, str]]:
    """Yield path and text, on one line, of each file that cites the rules."""
    files = [*ROOT.glob("*.md"), *(file for f in FOLDERS for file in (ROOT / f).rglob("*"))]
    for file in files:
        if file.suffix in SUFFIXES and file != RULES and file != Path(__file__):
            text = COMMENT_SIGNS.sub(" ", file.read_text("utf-8"))
            if CITATION.search(text):
                yield str(file.relative_to(ROOT)), text


CITING = dict(citing_files())


def test_finds_the_citations() -> None:
    assert "src/martelo/auctions/domain/bidding.py" in CITING
    assert "src/martelo/auctions/adapters/live_store/auctions.lua" in CITING


@pytest.mark.parametrize("name", CITING)
def test_cited_sections_and_rules_exist(name: str) -> None:
    known, text = sections(), CITING[name]
    cited = set().union(*(numbers(found) for found in CITATION.findall(text)))
    rules = set().union(*(numbers(found) for found in RULE.findall(text)))

    assert cited <= known.keys()
    assert rules <= set().union(*(known[section] for section in cited))


def test_the_rules_cite_sections_of_their_own() -> None:
    text = RULES.read_text("utf-8")
    cited = set().union(*(numbers(found) for found in SECTION_OF_PAGE.findall(text)))

    assert cited <= sections().keys()


def test_no_citation_is_left_in_another_form() -> None:
    pattern = re.compile(r"auctions rules|auctions\.md|\(sections? [0-9]")
    found = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "src").rglob("*")
        if file.suffix in SUFFIXES and pattern.search(file.read_text("utf-8"))
    ]

    assert found == []
