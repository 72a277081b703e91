import json
from collections.abc import Mapping

import pytest

from martelo.agent.adapters.sources.context_client import ContextClient
from martelo.agent.adapters.sources.http_people import FRESH_S, HttpPeople
from martelo.agent.domain.facts import House, Language, Naming, Status, Tone
from martelo.agent.ports.contexts import Contact, ContextUnavailable
from martelo.kernel.ids import AccountId
from martelo.runtime.http.client import HttpFailed, HttpResponse

HOUSE = {
    "name": "Casa",
    "sender_name": "Leilões",
    "language": "en",
    "tone": "plain",
    "winner_naming": "masked",
    "posts": ["sold", "cancelled"],
    "imprint": ["Casa Ltda.", "Rua A, 1"],
}


class Accounts:
    """Answers the same, unless it is down; `now_s` is the agent's clock."""

    def __init__(self) -> None:
        self.is_down = False
        self.house: dict[str, object] = dict(HOUSE)
        self.asked = 0
        self.now_s = 0.0

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        assert (method, content, headers) == ("GET", None, {"X-API-Key": "svc_agent_x"})
        self.asked += 1
        if self.is_down:
            raise HttpFailed("refused")
        if url.endswith("/internal/house"):
            return HttpResponse(200, {}, json.dumps(self.house).encode())
        if url.endswith("/internal/accounts/gone/contact"):
            return HttpResponse(404, {}, b"{}")
        contact = {"account_id": "a", "name": "Ana", "email": "ana@example.com"}
        return HttpResponse(200, {}, json.dumps(contact).encode())


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


@pytest.fixture
def people(accounts: Accounts) -> HttpPeople:
    context = ContextClient("http://accounts", accounts, service_key="svc_agent_x")
    return HttpPeople(context, lambda: accounts.now_s)


class TestPolicy:
    def test_is_what_the_house_decided(self, people: HttpPeople) -> None:
        policy = people.policy()

        assert policy.house == House(
            "Casa", Language.ENGLISH, Tone.PLAIN, Naming.MASKED, ("Casa Ltda.", "Rua A, 1")
        )
        assert policy.sender_name == "Leilões"
        assert [end for end in Status if policy.is_posted(end)] == [Status.SOLD, Status.CANCELLED]

    def test_is_asked_for_again_in_time_and_an_old_one_is_better_than_none(
        self, people: HttpPeople, accounts: Accounts
    ) -> None:
        people.policy()
        people.policy()
        assert accounts.asked == 1

        accounts.now_s, accounts.is_down = FRESH_S, True
        assert people.policy().house.name == "Casa"
        accounts.is_down, accounts.house["name"] = False, "Outra"
        assert people.policy().house.name == "Outra"

    def test_is_waited_for_where_it_was_never_read(
        self, people: HttpPeople, accounts: Accounts
    ) -> None:
        accounts.is_down = True

        with pytest.raises(ContextUnavailable):
            people.policy()

    def test_is_waited_for_where_it_makes_no_sense(
        self, people: HttpPeople, accounts: Accounts
    ) -> None:
        accounts.house["tone"] = "loud"

        with pytest.raises(ContextUnavailable):
            people.policy()


class TestContact:
    def test_tells_how_to_reach_somebody_or_that_nobody_is_there(self, people: HttpPeople) -> None:
        assert people.contact(AccountId("a")) == Contact("ana@example.com", "Ana")
        assert people.contact(AccountId("gone")) is None

    def test_is_waited_for(self, people: HttpPeople, accounts: Accounts) -> None:
        accounts.is_down = True

        with pytest.raises(ContextUnavailable):
            people.contact(AccountId("a"))
