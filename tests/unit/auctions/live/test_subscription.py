from dataclasses import dataclass, field

from fakes.house import LOT, House, until
from martelo.auctions.live.sse.events import ENCODING
from martelo.auctions.live.subscription import Subscription
from martelo.kernel.ids import AuctionId


@dataclass
class FakeConnection:
    is_full: bool = False
    writes: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def abort(self) -> None:
        raise AssertionError("nothing is dropped here")


class TestSubscription:
    async def test_buffers_events_until_it_is_opened(self, house: House) -> None:
        house.create()
        connection = FakeConnection()
        subscription = Subscription(connection, {}, LOT, ENCODING)
        watch = await house.hub.join(LOT, None, subscription, subscription.attach)
        deliveries = house.metrics.deliveries
        house.bid()
        await until(lambda: deliveries._value.get() == 1)  # noqa: SLF001 - prometheus_client has no reader

        assert connection.writes == []
        subscription.open(watch)
        assert [data.split(b"\n")[0] for data in connection.writes] == [b"event: bid"]

    async def test_stops_watching_when_it_is_left_before_it_is_opened(self, house: House) -> None:
        house.create()
        watched: dict[AuctionId, Subscription] = {}
        subscription = Subscription(FakeConnection(), watched, LOT, ENCODING)
        watch = await house.hub.join(LOT, None, subscription, subscription.attach)

        subscription.leave()
        subscription.open(watch)

        assert not watched
        assert house.hub.viewer_count() == 0
