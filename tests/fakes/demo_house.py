"""A house in memory, for the demo's seed and its people."""

from collections.abc import Iterator
from dataclasses import replace

from martelo.demo.domain.lots import Lot
from martelo.demo.domain.planning import Plan
from martelo.demo.ports import DemoSession, Draft, NotDone, Page

LIFETIME_S = 600.0


class MemoryHouse:
    """Accounts, lots and bids; `now_s` is every clock, `failing` each call's refusal."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.lots: dict[str, Lot] = {}
        self.keys: dict[str, tuple[str, Draft]] = {}
        self.drafts: dict[str, Draft] = {}
        self.accounts: dict[str, str] = {}
        self.pictures: list[bytes] = []
        self.bids: list[Plan] = []
        self.leaders: dict[str, str] = {}
        self.sign_ins: list[str] = []
        self.failing: dict[str, NotDone] = {}
        self.page_size = 100

    def clock(self) -> float:
        return self.now_s

    def register(self, email: str, password: str, name: str) -> None:
        self._fail("register")
        assert name
        if email in self.accounts:
            raise NotDone(409, "email-taken", 1)
        self.accounts[email] = password

    def sign_in(self, email: str, password: str) -> DemoSession:
        self._fail("sign_in")
        if self.accounts.setdefault(email, password) != password:
            raise NotDone(401, "bad-credentials", 1)
        self.sign_ins.append(email)
        return DemoSession(f"id of {email}", email, "refresh", self.now_s + LIFETIME_S)

    def renew(self, session: DemoSession) -> DemoSession:
        self._fail("renew")
        return replace(session, good_until_s=self.now_s + LIFETIME_S)

    def list_lots(self, status: str, cursor: str | None = None) -> Page:
        self._fail("list_lots")
        return self._page([x for x in self._read() if status in {x.status, "all"}], cursor)

    def list_own_lots(self, session: DemoSession, cursor: str | None = None) -> Page:
        own = [lot for lot in self._read() if lot.seller_id == session.account_id]
        return self._page(own[::-1], cursor)

    def upload(self, session: DemoSession, picture: bytes) -> str:
        self._fail("upload")
        assert session.account_id
        self.pictures.append(picture)
        return f"picture-{picture.decode()}"

    def create(self, session: DemoSession, draft: Draft, key: str) -> str:
        self._fail("create")
        if key in self.keys:
            auction_id, earlier = self.keys[key]
            if earlier != draft:
                raise NotDone(422, "idempotency-key-reused", 1)
            return auction_id
        auction_id = f"lot-{len(self.lots)}"
        self.keys[key] = (auction_id, draft)
        self.drafts[auction_id] = draft
        starts_at_ms = draft.starts_at_ms or self._now_ms()
        self.add(
            auction_id,
            title=draft.offer.title,
            seller_id=session.account_id,
            minimum_cents=draft.offer.starting_cents,
            is_buyable=draft.offer.buy_now_cents is not None,
            image_ids=draft.image_ids,
            starts_at_ms=starts_at_ms,
            ends_at_ms=starts_at_ms + draft.duration_s * 1000,
        )
        return auction_id

    def add(
        self,
        auction_id: str,
        title: str,
        seller_id: str,
        minimum_cents: int = 100,
        *,
        is_buyable: bool = False,
        image_ids: tuple[str, ...] = (),
        starts_at_ms: int = 0,
        ends_at_ms: int = 10**9,
    ) -> None:
        self.lots[auction_id] = Lot(
            id=auction_id,
            title=title,
            seller_id=seller_id,
            status="open",
            minimum_cents=minimum_cents,
            is_buyable=is_buyable,
            image_ids=image_ids,
            starts_at_ms=starts_at_ms,
            ends_at_ms=ends_at_ms,
            now_ms=0,
        )

    def is_leading(self, session: DemoSession, auction_id: str) -> bool:
        return self.leaders.get(auction_id) == session.access_token

    def place_bid(self, session: DemoSession, plan: Plan, key: str) -> None:
        self._fail("place_bid")
        assert key
        assert session.access_token == plan.person
        self.bids.append(plan)
        self.leaders[plan.auction_id] = plan.person
        lot = self.lots[plan.auction_id]
        price = plan.amount_cents or lot.minimum_cents or 0
        self.lots[lot.id] = replace(lot, minimum_cents=price + 100)

    def _read(self) -> Iterator[Lot]:
        now_ms = self._now_ms()
        for lot in self.lots.values():
            status = "open" if now_ms >= lot.starts_at_ms else "scheduled"
            if now_ms >= lot.ends_at_ms:
                yield replace(lot, status="sold", minimum_cents=None, now_ms=now_ms)
            else:
                yield replace(lot, status=status, now_ms=now_ms)

    def _page(self, lots: list[Lot], cursor: str | None) -> Page:
        start = int(cursor or 0)
        end = start + self.page_size
        return Page(lots[start:end], str(end) if end < len(lots) else None)

    def _now_ms(self) -> int:
        return round(self.now_s * 1000)

    def _fail(self, call: str) -> None:
        if call in self.failing:
            raise self.failing[call]
