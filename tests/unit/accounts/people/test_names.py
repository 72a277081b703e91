import pytest


@pytest.mark.usefixtures("world")
class TestSkeleton:
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("Ana Conceição", ["ana", "conceicao"]),
            ("\u0410dm\u0456n", ["admin"]),  # Cyrillic A and i
            ("Sup0rte", ["suporte"]),
            ("ＭＡＲＴＥＬＯ", ["martelo"]),
            ("Lote 10", ["lote", "10"]),
            ("Αdministrador", ["administrador"]),
            ("李小龍", []),
        ],
    )
    def test_is_what_a_name_looks_like(self, name: str, words: list[str]) -> None:
        # Django must be set up before its models can be imported.
        from martelo.accounts.people.names import skeleton  # noqa: PLC0415

        assert skeleton(name) == words
