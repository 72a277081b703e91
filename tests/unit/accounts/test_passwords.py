import threading
import time

from argon2.exceptions import VerifyMismatchError

from martelo.accounts.passwords import AT_ONCE, Passwords, argon2id


class CountingHasher:
    """Hashes by adding a word, counts its work, and notes how much is done at once."""

    def __init__(self, takes_s: float = 0) -> None:
        self.verified: list[str] = []
        self.most_at_once = 0
        self._at_once = 0
        self._takes_s = takes_s
        self._lock = threading.Lock()

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify(self, hash: str, password: str) -> bool:  # noqa: A002 - the library's name
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self.verified.append(hash)
        time.sleep(self._takes_s)
        with self._lock:
            self._at_once -= 1
        if hash != f"hash of {password}":
            raise VerifyMismatchError
        return True

    def check_needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the same
        return hash.startswith("old")


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

    def test_hashes_at_most_four_at_once(self) -> None:
        hasher = CountingHasher(takes_s=0.01)
        passwords = Passwords(hasher)

        threads = [
            threading.Thread(target=passwords.matches, args=("hash of x", "y")) for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(hasher.verified) == 20
        assert hasher.most_at_once == AT_ONCE


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
