from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from fakes.house import ANA, BRUNO, LOT
from fakes.memory_store import MemoryStore
from martelo.auctions.domain.auction import Texts
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.refusals import InvalidAuction, NotTheSeller
from martelo.auctions.ports.failures import ImagesUnavailable
from martelo.auctions.use_cases import Submission, edit_auction, look_at_pictures
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import FieldError

DRAFT = Draft("Bolo", "de fubá", 10_000, duration_ms=600_000)


class FakePictures:
    """Ana has two pictures and Bruno one; `asked` are the questions put."""

    def __init__(self, *, is_up: bool = True) -> None:
        self.is_up = is_up
        self.asked: list[Sequence[str]] = []

    def owners_of(self, image_ids: Sequence[str]) -> Mapping[str, AccountId]:
        self.asked.append(image_ids)
        if not self.is_up:
            raise ImagesUnavailable
        owners = {"a1": ANA.account_id, "a2": ANA.account_id, "b1": BRUNO.account_id}
        return {each: owners[each] for each in image_ids if each in owners}


def naming(*image_ids: str) -> Callable[[Texts], Texts]:
    """Return a change that replaces the pictures."""
    return lambda texts: replace(texts, image_ids=image_ids)


def with_pictures(*image_ids: str) -> Submission:
    return Submission(replace(DRAFT, image_ids=image_ids), [])


class TestLookAtPictures:
    def test_takes_ones_own(self) -> None:
        submission = with_pictures("a1", "a2")

        assert look_at_pictures(FakePictures(), ANA, submission) == submission

    @pytest.mark.parametrize("strange", ["b1", "unknown"])
    def test_finds_fault_with_anothers_and_with_none_alike(self, strange: str) -> None:
        looked = look_at_pictures(FakePictures(), ANA, with_pictures("a1", strange))

        error = FieldError("image_ids", FieldCode.NOT_YOUR_PICTURES, {"ids": [strange]})
        assert looked.faults == [error]

    def test_adds_to_the_faults_there_are(self) -> None:
        submission = Submission(
            replace(DRAFT, image_ids=("b1",)), [FieldError("title", FieldCode.REQUIRED)]
        )

        looked = look_at_pictures(FakePictures(), ANA, submission)

        assert [fault.field for fault in looked.faults] == ["title", "image_ids"]

    def test_asks_nobody_where_there_are_none(self) -> None:
        pictures = FakePictures(is_up=False)

        look_at_pictures(pictures, ANA, with_pictures())

        assert pictures.asked == []

    def test_says_that_it_cannot_be_checked(self) -> None:
        with pytest.raises(ImagesUnavailable):
            look_at_pictures(FakePictures(is_up=False), ANA, with_pictures("a1"))


class TestEditAuction:
    @pytest.fixture
    def store(self) -> MemoryStore:
        store = MemoryStore()
        store.create(LOT, ANA, replace(DRAFT, image_ids=("a1",)))
        return store

    def images(self, store: MemoryStore) -> tuple[str, ...]:
        reading = store.read(LOT)
        assert reading is not None
        return reading.auction.texts.image_ids

    def test_adds_ones_own_and_asks_only_for_what_is_new(self, store: MemoryStore) -> None:
        pictures = FakePictures()

        edit_auction(store, pictures, LOT, ANA, naming("a2", "a1"))

        assert self.images(store) == ("a2", "a1")
        assert pictures.asked == [["a2"]]

    def test_refuses_anothers(self, store: MemoryStore) -> None:
        with pytest.raises(InvalidAuction) as raised:
            edit_auction(store, FakePictures(), LOT, ANA, naming("a1", "b1"))

        assert [fault.field for fault in raised.value.errors] == ["image_ids"]
        assert self.images(store) == ("a1",)

    def test_tells_strangers_that_the_auction_is_not_theirs(self, store: MemoryStore) -> None:
        pictures = FakePictures()

        with pytest.raises(NotTheSeller):
            edit_auction(store, pictures, LOT, BRUNO, naming("b1"))

        assert pictures.asked == []

    def test_changes_nothing_while_it_cannot_be_checked(self, store: MemoryStore) -> None:
        with pytest.raises(ImagesUnavailable):
            edit_auction(store, FakePictures(is_up=False), LOT, ANA, naming("a2"))

        assert self.images(store) == ("a1",)

    def test_goes_on_without_new_pictures_meanwhile(self, store: MemoryStore) -> None:
        edit_auction(store, FakePictures(is_up=False), LOT, ANA, naming())

        assert self.images(store) == ()
