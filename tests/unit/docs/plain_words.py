"""Finds words that STYLE.md replaces, in documents, docstrings, comments and names.

`python -m unit.docs.plain_words [FOLDER]`, with `tests` on the path, counts them by folder.
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
FOLDERS = ("src", "benchmarks", "tests", "docs", "k8s")

INSTEAD = {
    r"(?<!there\s)\b(is|are|was|were) no (?!longer\b|more\b|less\b|fewer\b)[a-z]+": "is not a",
    r"\b(tells?|telling|told)\b": "says, reports, sends, notifies",
    r"\b(stands?|stood) (in|at|for|on|by|under|among|before|behind|between|twice|alone|still|there"
    r"|where|beside|apart)\b": "appears, is, stops",
    r"\b(comes?|came|is|are|was|were|stays?) whole\b": "is complete",
    r"\bhand(s|ed|ing)? (it |them |each |that |this )?(on|over|out|back)\b": "passes, returns",
    r"\bpart(s|ed) by\b": "separated by",
    r"\banew\b": "again",
    r"\bof late\b": "recently",
    r"\bwhatever\b": "any, all that",
    r"\b(an|the) own\b": "its own",
    r"\bmade real\b": "implemented",
    r"\b(bring|brings|brought|come|comes|came) about\b": "causes, happens",
    r"\bfor want of\b": "without",
    r"\blet(s|ting)? go of\b": "closes, releases",
    r"\bin good order\b": "cleanly",
    r"\b(befall|befalls|befell|befallen|amiss|whence|thence|wherein|therein|thereof|ere)\b": "-",
}
"""Pattern of a phrase, and what to write."""

NAMES = {
    r"\b_?(MOST|LEAST|LONGEST|SHORTEST)_": "MAX_, MIN_",
    r"(\b|_)told(\b|_)|\btell_|_tell\b": "report, send, notify; what it holds",
    r"(\b|_)anew(\b|_)": "again",
    r"(\b|_)hand(s|ed|ing)?_(on|over|back|out)(\b|_)": "pass, return",
}
"""Pattern of a name in code, and what to write."""

_PHRASES = {
    re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE): instead
    for pattern, instead in INSTEAD.items()
}
_NAMES = {re.compile(pattern): instead for pattern, instead in NAMES.items()}
_COMMENT_MARKS = {".lua": "--", ".template": "#"}


@dataclass(frozen=True)
class Finding:
    """A phrase to replace; `path` is relative to the folder that was searched."""

    path: str
    line: int
    phrase: str
    instead: str


def find_in_file(root: Path, path: Path) -> Iterator[Finding]:
    """Yield what is to be replaced in one file."""
    source = path.read_text(encoding="utf-8")
    searches = [(_prose_of(path, source), _PHRASES)]
    if path.suffix == ".py":
        searches.append((_names_of(source), _NAMES))
    for texts, patterns in searches:
        for first_line, text in texts:
            for pattern, instead in patterns.items():
                for found in pattern.finditer(text):
                    line = first_line + text.count("\n", 0, found.start())
                    yield Finding(str(path.relative_to(root)), line, found[0], instead)


def list_files(root: Path, folders: Iterable[str] = FOLDERS) -> list[Path]:
    """Return the files of `folders`, and the documents beside them, that are searched."""
    suffixes = {".py", ".md", *_COMMENT_MARKS}
    nested = (path for folder in folders for path in (root / folder).rglob("*"))
    return sorted(path for path in (*root.glob("*.md"), *nested) if path.suffix in suffixes)


Texts = Iterator[tuple[int, str]]
"""First line and text."""


def _prose_of(path: Path, source: str) -> Texts:
    if path.suffix == ".py":
        return _python_prose(source)
    if path.suffix == ".md":
        return _markdown_prose(source)
    return _comments(source, _COMMENT_MARKS[path.suffix])


def _python_prose(source: str) -> Texts:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text
    comments = (token for token in _tokens(source) if token.type == tokenize.COMMENT)
    yield from _joined([(token.start[0], token.string.lstrip("#")) for token in comments])


def _names_of(source: str) -> Texts:
    """Yield the names of each line as one text."""
    names = (token for token in _tokens(source) if token.type == tokenize.NAME)
    for line, tokens in groupby(names, key=lambda token: token.start[0]):
        yield line, " ".join(token.string for token in tokens)


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(source).readline)


def _markdown_prose(source: str) -> Texts:
    """Yield the text without code, with its lines where they were."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n")

    yield 1, re.sub(r"```.*?```|`[^`]*`", blank, source, flags=re.DOTALL)


def _comments(source: str, mark: str) -> Texts:
    lines = enumerate(source.splitlines(), 1)
    return _joined([(n, line.partition(mark)[2]) for n, line in lines if mark in line])


def _joined(comments: list[tuple[int, str]]) -> Texts:
    """Yield comments of consecutive lines as one text, so that a phrase may go over two."""
    for _, group in groupby(enumerate(comments), key=lambda each: each[1][0] - each[0]):
        lines = [comment for _, comment in group]
        yield lines[0][0], "\n".join(text for _, text in lines)


def _folder_of(finding: Finding) -> str:
    parts = finding.path.split("/")[:-1]
    return "/".join(parts[: 3 if parts[:1] == ["src"] else 2]) or "."


def main(root: Path) -> None:
    """Print how many findings each folder has."""
    findings = [f for path in list_files(root) for f in find_in_file(root, path)]
    counts = Counter(map(_folder_of, findings))
    for folder, count in sorted(counts.items()):
        sys.stdout.write(f"{count:6} {folder}\n")
    sys.stdout.write(f"{counts.total():6} in all\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if sys.argv[1:] else REPOSITORY)
