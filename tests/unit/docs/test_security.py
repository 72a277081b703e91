import re

from unit.docs.tables import DOCS, codes, read_section, read_tables

SECURITY = DOCS / "security.md"
ROOT = DOCS.parent
WORKFLOW = ROOT / ".github/workflows/audit.yml"


class TestStandard:
    def test_has_every_chapter_with_a_state_and_a_reason(self) -> None:
        [table] = read_tables(read_section(SECURITY, "## ASVS 5.0, level 2"))
        rows = list(table)

        assert [row["chapter"].split()[0] for row in rows] == [f"V{n}" for n in range(1, 18)]
        assert {row["state"] for row in rows} <= {"met", "partly", "not", "none applies"}
        assert all(row["why"] for row in rows)


class TestAudit:
    def test_reads_every_lock(self) -> None:
        locks = sorted(path.name for path in ROOT.glob("*.lock"))
        text = WORKFLOW.read_text("utf-8")
        [written] = re.findall(r"lock: \[(.*)\]", text)

        assert sorted(written.split(", ")) == locks
        assert "npm audit" in text
        assert all(lock in read_section(SECURITY, "## Dependencies") for lock in locks)

    def test_names_settings_that_the_operations_describe(self) -> None:
        settings = codes(read_section(SECURITY, "## Settings that matter"))
        operations = (DOCS / "operations.md").read_text("utf-8")

        assert settings
        assert all(setting.partition("=")[0] in operations for setting in settings)
