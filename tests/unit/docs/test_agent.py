from martelo.agent.adapters.llm.model_writer import REVIEW
from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.agent.domain.guarding.rules import Rule
from unit.docs.tables import DOCS, codes, read_section, read_tables

PAGE = DOCS / "agent.md"
TEXTS = "## How texts are written, and what remains as risk"


class TestSettings:
    def test_of_the_writer_are_documented_with_their_defaults(self) -> None:
        rows = next(read_tables(read_section(PAGE, "### Settings of the writer")))
        written = {codes(row["variable"])[0]: row["default"].strip("`") for row in rows}

        assert written == {
            name.upper(): "absent" if field.default is None else str(field.default)
            for name, field in LlmSettings.model_fields.items()
        }


class TestRules:
    def test_are_documented(self) -> None:
        rows = next(read_tables(read_section(PAGE, TEXTS)))
        written = {rule for row in rows for rule in codes(row["rule"])}

        assert written == {*Rule, REVIEW}
