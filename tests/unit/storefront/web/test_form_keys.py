import pytest
from django.http import QueryDict
from django.test import Client

from martelo.storefront.web.form_keys import new_key, read_key


class TestReadKey:
    def test_returns_a_key_of_ours(self, client: Client) -> None:
        assert client is not None
        key = new_key()

        assert read_key(QueryDict(f"key={key}")) == key

    @pytest.mark.parametrize("sent", ["", "key=", "key=short", f"key={'a' * 65}", "key=a%0Ab"])
    def test_makes_a_new_one_for_any_other(self, client: Client, sent: str) -> None:
        assert client is not None
        query = QueryDict(sent)

        assert read_key(query) not in {query.get("key", ""), read_key(query)}
