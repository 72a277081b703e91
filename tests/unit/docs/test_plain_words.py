from pathlib import Path

import pytest

from unit.docs.plain_words import REPOSITORY, find_in_file, list_files

FINISHED = tuple(f"docs/adr/{number:04}-" for number in range(1, 19))
"""Decisions that are not edited any more."""

LISTS = ("tests/unit/docs/plain_words.py", "tests/unit/docs/test_plain_words.py")
"""These quote what they look for."""


class TestRepository:
    def test_uses_plain_words(self) -> None:
        exempt = (*FINISHED, *LISTS)
        files = [
            path
            for path in list_files(REPOSITORY)
            if not str(path.relative_to(REPOSITORY)).startswith(exempt)
        ]

        findings = [finding for path in files for finding in find_in_file(REPOSITORY, path)]

        assert len(files) > 50
        assert not findings, "\n".join(map(str, findings))


class TestFindInFile:
    @pytest.mark.parametrize(
        ("name", "source"),
        [
            ("a.md", "This is no\nJSON."),
            ("a.py", '"""Say what was told."""\n'),
            ("a.py", "x = 1  # the rule stands\n# in the design\n"),
            ("a.py", 'x = 1\n"""Handed on to all."""\n'),
            ("a.py", "MOST_BIDS = 3\n"),
            ("a.py", "def test_is_told_twice(): ...\n"),
            ("a.py", "def test_begins_anew(): ...\n"),
            ("a.lua", "-- begins anew\nlocal x = 1\n"),
        ],
    )
    def test_finds_a_phrase_and_its_replacement(
        self, tmp_path: Path, name: str, source: str
    ) -> None:
        (tmp_path / name).write_text(source, encoding="utf-8")

        [finding] = find_in_file(tmp_path, tmp_path / name)

        assert finding.path == name
        assert finding.instead

    @pytest.mark.parametrize(
        ("name", "source"),
        [
            ("a.md", "There is no backup command, `it stands in` code.\n\n```\nanew\n```\n"),
            ("a.py", 'said = "it is no object"\n'),
            ("a.py", "at = file.tell()\n"),
            ("a.py", '"""It is no longer open."""\n'),
        ],
    )
    def test_leaves_other_words_and_code_alone(
        self, tmp_path: Path, name: str, source: str
    ) -> None:
        (tmp_path / name).write_text(source, encoding="utf-8")

        assert list(find_in_file(tmp_path, tmp_path / name)) == []

    def test_says_the_line_of_a_phrase(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text("One.\n\n```\ncode\n```\n\nIt begins anew.\n", "utf-8")

        [finding] = find_in_file(tmp_path, tmp_path / "a.md")

        assert (finding.line, finding.phrase) == (7, "anew")
