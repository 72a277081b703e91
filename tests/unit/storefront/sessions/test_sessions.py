from datetime import UTC, datetime, timedelta

import pytest

from fakes.memory_sessions import MemoryKeyValues
from martelo.accounts.sessions import SessionsUnavailable
from martelo.storefront.sessions.sessions import (
    IDLE_LIFETIME,
    LIFETIME,
    Origin,
    Person,
    Session,
    Sessions,
)

ANA = Person("a1", "Ana Souza", ("buyer",))
HOME = Origin("Firefox, Linux", "192.0.2.1")


class Clock:
    """The time, which a test moves on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def sessions_on(store: MemoryKeyValues) -> Sessions:
    return Sessions(store, Clock())


def begin(sessions: Sessions, person: Person = ANA) -> Session:
    return sessions.begin(person, HOME, instead_of=None)


def update(sessions: Sessions, account_id: str) -> None:
    sessions.update_all(
        account_id, name="Ana Lima", roles=("buyer",), email_verified=True, terms_version=2
    )


class TestSessions:
    def test_find_who_signed_in(self) -> None:
        sessions = sessions_on(MemoryKeyValues())

        session = begin(sessions)

        assert sessions.find(session.id) == session
        assert len(session.id) >= 43

    def test_keep_no_id_a_thief_of_the_store_could_use(self) -> None:
        store = MemoryKeyValues()

        session = begin(sessions_on(store))

        assert session.id not in repr((store.values, store.sets))
        assert all(key.startswith("accounts:") for key in {*store.values, *store.sets})
        assert set(store.lifetimes.values()) == {IDLE_LIFETIME, LIFETIME}

    def test_rotate_when_somebody_signs_in_again(self) -> None:
        sessions = sessions_on(MemoryKeyValues())
        first = begin(sessions)

        second = sessions.begin(ANA, HOME, instead_of=first)

        assert second.id != first.id
        assert sessions.find(first.id) is None

    def test_end_for_good(self) -> None:
        sessions = sessions_on(MemoryKeyValues())
        session = begin(sessions)

        sessions.end(session)

        assert sessions.find(session.id) is None

    def test_end_everywhere_else(self) -> None:
        sessions = sessions_on(MemoryKeyValues())
        here, there = (begin(sessions) for _ in range(2))
        other = begin(sessions, Person("b2", "Bruno"))

        sessions.end_all(ANA.account_id, but=here.id)

        assert sessions.find(here.id) == here
        assert sessions.find(there.id) is None
        assert sessions.find(other.id) == other

    def test_end_everywhere(self) -> None:
        sessions = sessions_on(MemoryKeyValues())
        opened = [begin(sessions) for _ in range(2)]

        sessions.end_all(ANA.account_id)

        assert [sessions.find(each.id) for each in opened] == [None, None]

    def test_end_after_thirty_days_of_daily_use(self) -> None:
        store, clock = MemoryKeyValues(), Clock()
        sessions = Sessions(store, clock)
        session = begin(sessions)

        for _ in range(29):
            clock.now += timedelta(days=1)
            assert sessions.find(session.id) == session
        assert min(store.lifetimes.values()) == timedelta(days=1)
        clock.now += timedelta(days=1)

        assert sessions.find(session.id) is None

    def test_stay_ended_when_a_page_was_opening(self) -> None:
        store = MemoryKeyValues()
        sessions = sessions_on(store)
        session = begin(sessions)
        sessions.end(session)

        update(sessions, session.person.account_id)

        assert sessions.find(session.id) is None

    def test_list_those_of_a_person_with_device_address_and_last_use(self) -> None:
        store, clock = MemoryKeyValues(), Clock()
        sessions = Sessions(store, clock)
        here, there = begin(sessions), begin(sessions)
        begin(sessions, Person("b2", "Bruno"))
        clock.now += timedelta(hours=1)
        sessions.find(there.id)

        listed = sessions.list_of(here)

        assert [each.is_current for each in listed] == [True, False]
        assert [each.origin for each in listed] == [HOME, HOME]
        assert [each.used_at - each.began_at for each in listed] == [
            timedelta(0),
            timedelta(hours=1),
        ]
        assert not {here.id, there.id} & {each.reference for each in listed}

    def test_list_none_that_expired(self) -> None:
        store = MemoryKeyValues()
        sessions = sessions_on(store)
        here, there = begin(sessions), begin(sessions)
        (expired,) = (each for each in sessions.list_of(here) if not each.is_current)
        store.delete(f"accounts:session:{expired.reference}")

        assert len(sessions.list_of(here)) == 1
        assert sessions.find(there.id) is None

    def test_end_one_of_the_list_and_no_other_persons(self) -> None:
        sessions = sessions_on(MemoryKeyValues())
        here, there = begin(sessions), begin(sessions)
        other = begin(sessions, Person("b2", "Bruno"))
        (others,) = (each.reference for each in sessions.list_of(other))
        (reference,) = (each.reference for each in sessions.list_of(here) if not each.is_current)

        sessions.end_listed(here, others)
        sessions.end_listed(here, reference)

        assert sessions.find(other.id) == other
        assert sessions.find(there.id) is None
        assert sessions.find(here.id) == here

    def test_know_what_changed_of_their_person(self) -> None:
        sessions = sessions_on(MemoryKeyValues())

        here, there, other = (
            begin(sessions),
            begin(sessions),
            begin(sessions, Person("b2", "Bruno")),
        )

        update(sessions, here.person.account_id)

        ana = Person(
            here.person.account_id, "Ana Lima", ("buyer",), email_verified=True, terms_version=2
        )
        for session in (here, there):
            found = sessions.find(session.id)
            assert found is not None
            assert found.person == ana
        assert sessions.find(other.id) == other

    @pytest.mark.parametrize("text", ["", "x" * 500, "é", "unknown"])
    def test_find_nobody_by_what_is_not_an_id(self, text: str) -> None:
        assert sessions_on(MemoryKeyValues()).find(text) is None

    def test_say_when_they_cannot_be_read(self) -> None:
        store = MemoryKeyValues()
        store.is_down = True

        with pytest.raises(SessionsUnavailable):
            sessions_on(store).find("abc")
