import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from martelo.accounts.api.openapi import load_openapi as load_accounts
from martelo.accounts.api.problems import PROBLEMS as ACCOUNTS
from martelo.agent.api.problems import PROBLEMS as AGENT
from martelo.agent.main.openapi import load_openapi as load_agent
from martelo.auctions.main.openapi import load_openapi as load_auctions
from martelo.auctions.wire.problems import PROBLEMS as AUCTIONS
from martelo.catalog.api.problems import PROBLEMS as CATALOG
from martelo.catalog.main.openapi import load_openapi as load_catalog
from martelo.images.api.problems import PROBLEMS as IMAGES
from martelo.kernel.field_codes import MESSAGES
from martelo.runtime.http.openapi import load_contract
from martelo.runtime.problems.page import render_page
from martelo.runtime.problems.table import SHARED, ProblemTable, read_types
from martelo.stack.engines.gateway import TEMPLATE
from unit.docs.field_codes import SOURCES, produced_codes
from unit.docs.tables import DOCS, codes

TABLES = {
    "accounts": ACCOUNTS,
    "agent": AGENT,
    "auctions": AUCTIONS,
    "catalog": CATALOG,
    "images": IMAGES,
}
DOCUMENTS = {
    "accounts": load_accounts(),
    "agent": load_agent(),
    "auctions": load_auctions(),
    "catalog": load_catalog(),
    "images": load_contract(SOURCES / "images/api/openapi.yaml"),
}
LIVE = {"bad-handshake", "pipelined", "foreign-page", "upgrade-required"}
"""Problems of `/live` alone; its handshake is not in the OpenAPI document."""

FRAMEWORKS = {name: "django" if name == "accounts" else "flask" for name in TABLES}
SLUG = re.compile(r"[a-z]+(-[a-z]+)+")
DIALECT = re.compile(
    r"\b((?<!here )(is|are) no(?! longer)|is none|stands?|told|tells|anew|whole(?! number)"
    r"|parted by|of late|nobody|whatever)\b"
)


def documented(document: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield each slug that a response's description names, with the response's status."""
    shared = document["components"]["responses"]
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                for status, response in operation.get("responses", {}).items():
                    name = response.get("$ref", "").rpartition("/")[2]
                    described = shared[name] if name else response
                    if status >= "4":
                        for word in codes(described["description"]):
                            if SLUG.fullmatch(word):
                                yield word, int(status)


def descriptions(node: object) -> Iterator[str]:
    match node:
        case dict():
            for name, value in node.items():
                if name in {"description", "summary"} and isinstance(value, str):
                    yield value
                else:
                    yield from descriptions(value)
        case list():
            for value in node:
                yield from descriptions(value)


def slugs_in_code() -> set[str]:
    """Return every text of the code that could be a slug: of a refusal, a fault or a call."""
    return {
        node.value
        for path in SOURCES.rglob("*.py")
        if "storefront" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def gateway_slugs() -> set[tuple[str, int]]:
    mapped = re.search(r"map \$status \$problem_slug \{([^}]*)\}", TEMPLATE.read_text("utf-8"))
    assert mapped is not None
    slugs = dict(re.findall(r"(\w+) ([a-z-]+);", mapped[1]))
    slugs["400"] = slugs.pop("default")
    return {(slug, int(status)) for status, slug in slugs.items()}


@pytest.mark.parametrize("context", TABLES)
class TestTable:
    def test_has_every_slug_that_the_openapi_document_names(self, context: str) -> None:
        table: ProblemTable = TABLES[context]

        for slug, status in documented(DOCUMENTS[context]):
            assert status in table.types[slug].statuses, slug

    def test_names_only_slugs_that_the_openapi_document_has(self, context: str) -> None:
        named = {slug for slug, _ in documented(DOCUMENTS[context])}

        assert TABLES[context].own.keys() - named - LIVE == set()

    def test_has_only_slugs_that_the_code_produces(self, context: str) -> None:
        assert TABLES[context].own.keys() - slugs_in_code() == set()


class TestSharedTable:
    def test_has_every_problem_of_the_gateway(self) -> None:
        shared = read_types(SHARED)

        for slug, status in gateway_slugs():
            assert status in shared[slug].statuses, slug

    def test_has_only_slugs_that_the_code_or_the_gateway_produces(self) -> None:
        gateway = {slug for slug, _ in gateway_slugs()}

        assert read_types(SHARED).keys() - gateway - slugs_in_code() == set()


class TestPage:
    def test_is_generated_from_the_tables(self) -> None:
        written = (DOCS / "api" / "problems.md").read_text("utf-8")

        assert written == render_page(), "run the command in CONTRIBUTING.md"


@pytest.mark.parametrize("context", TABLES)
class TestFieldCodes:
    def test_of_the_openapi_document_are_those_that_the_code_produces(self, context: str) -> None:
        schemas: Any = DOCUMENTS[context]["components"]
        produced = produced_codes("runtime/problems", f"runtime/{FRAMEWORKS[context]}", context)

        assert set(schemas["schemas"]["FieldCode"]["enum"]) == produced


class TestWords:
    def test_of_problems_are_plain(self) -> None:
        texts = [
            text
            for table in TABLES.values()
            for kind in table.types.values()
            for text in (kind.title, kind.detail, kind.meaning.en, kind.remedy.en)
        ]

        assert [text for text in [*texts, *MESSAGES.values()] if DIALECT.search(text)] == []

    def test_of_openapi_documents_are_plain(self) -> None:
        texts = [text for each in DOCUMENTS.values() for text in descriptions(each)]

        assert [text for text in texts if DIALECT.search(text)] == []


class TestReadTypes:
    @pytest.mark.parametrize(
        "change",
        [
            ("status = 404", "status = 200"),
            ("status = 404", "status = 404\nunknown = 1"),
            ("[a-b]", "[A_b]"),
            ("meaning.pt", "meaning.fr"),
        ],
    )
    def test_refuses_a_malformed_table(self, tmp_path: Path, change: tuple[str, str]) -> None:
        text = (
            '[a-b]\nstatus = 404\ntitle = "t"\ndetail = "d"\n'
            'meaning.en = "m"\nmeaning.pt = "m"\nremedy.en = "r"\nremedy.pt = "r"\n'
        )
        path = tmp_path / "problems.toml"
        path.write_text(text)
        assert read_types(path)["a-b"].title == "t"

        path.write_text(text.replace(*change))
        with pytest.raises(ValueError):  # noqa: PT011 - msgspec's error is one
            read_types(path)

    def test_refuses_a_slug_in_both_tables(self) -> None:
        shared = read_types(SHARED)

        with pytest.raises(ValueError, match="not-found"):
            ProblemTable({"not-found": shared["not-found"]}, shared, {})
