import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2.exceptions import VerifyMismatchError

from martelo.accounts.passwords.hashing import AT_ONCE, Passwords, argon2id
from martelo.accounts.refusals import PasswordsBusy


class CountingHasher:
    """Hashes by adding a word, and notes what it verified."""

    def __init__(self) -> None:
        self.verified: list[str] = []

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify(self, hash: str, password: str) -> bool:  # noqa: A002 - the library's name
        self.verified.append(hash)
        if hash != f"hash of {password}":
            raise VerifyMismatchError
        return True

    def check_needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the same
        return hash.startswith("old")


class WaitingHasher(CountingHasher):
    """Verifies once the test says so, and notes how much is done at once."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()

    def verify(self, hash: str, password: str) -> bool:  # noqa: A002 - the library's name
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        self.began.release()
        assert self.go_on.wait(20)
        with self._lock:
            self._at_once -= 1
        return super().verify(hash, password)


class TestMatches:
    def test_knows_the_right_password(self) -> None:
        passwords = Passwords(CountingHasher())

        assert passwords.matches("hash of right", "right")
        assert not passwords.matches("hash of right", "wrong")

    def test_works_as_hard_for_nobody_as_for_somebody(self) -> None:
        hasher = CountingHasher()
        passwords = Passwords(hasher)

        assert not passwords.matches(None, "anything")

        assert hasher.verified == [hasher.hash("nobody signs in with this")]

    def test_lets_nobody_in_even_with_the_password_nobody_has(self) -> None:
        assert not Passwords(CountingHasher()).matches(None, "nobody signs in with this")


class TestTurns:
    def test_are_few_at_once_and_waited_for(self) -> None:
        hasher = WaitingHasher()
        passwords = Passwords(hasher, max_wait_s=20)
        with ThreadPoolExecutor(2 * AT_ONCE) as callers:
            taken = [
                callers.submit(passwords.matches, "hash of x", "x") for _ in range(2 * AT_ONCE)
            ]
            for _ in range(AT_ONCE):
                assert hasher.began.acquire(timeout=20)
            hasher.go_on.set()

            assert [each.result() for each in taken] == [True] * 2 * AT_ONCE
        assert hasher.most_at_once == AT_ONCE

    def test_are_waited_for_no_longer_than_agreed(self) -> None:
        hasher = WaitingHasher()
        passwords = Passwords(hasher, max_wait_s=0.0)
        with ThreadPoolExecutor(AT_ONCE) as callers:
            taken = [callers.submit(passwords.matches, "hash of x", "x") for _ in range(AT_ONCE)]
            for _ in taken:
                assert hasher.began.acquire(timeout=20)
            try:
                with pytest.raises(PasswordsBusy):
                    passwords.matches("hash of x", "x")
            finally:
                hasher.go_on.set()

            assert [each.result() for each in taken] == [True] * AT_ONCE

    def test_come_again_after_a_wrong_password(self) -> None:
        passwords = Passwords(CountingHasher())

        tries = [passwords.matches("hash of right", "wrong") for _ in range(5)]

        assert tries == [False] * 5


class TestArgon2id:
    def test_takes_19_mib_two_passes_and_one_lane(self) -> None:
        assert argon2id().hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_knows_its_own_hashes(self) -> None:
        passwords = Passwords(argon2id())
        kept = passwords.hash("correct horse")

        assert passwords.matches(kept, "correct horse")
        assert not passwords.matches(kept, "correct horsf")
        assert not passwords.is_outdated(kept)
        assert passwords.is_outdated(kept.replace("m=19456", "m=8192"))

    def test_salts(self) -> None:
        assert argon2id().hash("x") != argon2id().hash("x")
