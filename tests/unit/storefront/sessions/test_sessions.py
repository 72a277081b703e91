import pytest

from fakes.memory_sessions import MemoryKeyValues
from martelo.storefront.sessions.sessions import LIFETIME, Person, Sessions, SessionsUnavailable

ANA = Person("a1", "Ana Souza", ("buyer",))


class TestSessions:
    def test_find_who_signed_in(self) -> None:
        sessions = Sessions(MemoryKeyValues())

        session = sessions.begin(ANA, instead_of=None)

        assert sessions.find(session.id) == session
        assert len(session.id) >= 43

    def test_keep_no_id_a_thief_of_the_store_could_use(self) -> None:
        store = MemoryKeyValues()

        session = Sessions(store).begin(ANA, instead_of=None)

        assert session.id not in repr((store.values, store.sets))
        assert all(key.startswith("accounts:") for key in {*store.values, *store.sets})
        assert set(store.lifetimes.values()) == {LIFETIME}

    def test_rotate_when_somebody_signs_in_again(self) -> None:
        sessions = Sessions(MemoryKeyValues())
        first = sessions.begin(ANA, instead_of=None)

        second = sessions.begin(ANA, instead_of=first)

        assert second.id != first.id
        assert sessions.find(first.id) is None

    def test_end_for_good(self) -> None:
        sessions = Sessions(MemoryKeyValues())
        session = sessions.begin(ANA, instead_of=None)

        sessions.end(session)

        assert sessions.find(session.id) is None

    def test_end_everywhere_else(self) -> None:
        sessions = Sessions(MemoryKeyValues())
        here, there = (sessions.begin(ANA, instead_of=None) for _ in range(2))
        other = sessions.begin(Person("b2", "Bruno"), instead_of=None)

        sessions.end_others(here)

        assert sessions.find(here.id) == here
        assert sessions.find(there.id) is None
        assert sessions.find(other.id) == other

    def test_end_all_of_an_account(self) -> None:
        sessions = Sessions(MemoryKeyValues())
        ended = [sessions.begin(ANA, instead_of=None) for _ in range(2)]
        other = sessions.begin(Person("b2", "Bruno"), instead_of=None)

        sessions.end_all(ANA.account_id)

        assert [sessions.find(each.id) for each in ended] == [None, None]
        assert sessions.find(other.id) == other

    def test_know_a_changed_name(self) -> None:
        sessions = Sessions(MemoryKeyValues())

        renamed = sessions.rename(sessions.begin(ANA, instead_of=None), "Ana Lima")

        found = sessions.find(renamed.id)
        assert found is not None
        assert found.person.name == "Ana Lima"

    @pytest.mark.parametrize("text", ["", "x" * 500, "é", "unknown"])
    def test_find_nobody_by_what_is_not_an_id(self, text: str) -> None:
        assert Sessions(MemoryKeyValues()).find(text) is None

    def test_say_when_they_cannot_be_read(self) -> None:
        store = MemoryKeyValues()
        store.is_down = True

        with pytest.raises(SessionsUnavailable):
            Sessions(store).find("abc")
