"""The newest entries of a watched auction, encoded: what viewers who come back have missed."""

from collections import deque
from collections.abc import Sequence

from martelo.auctions.live.hub.frames import Frame


class Recent:
    """At most `size` frames without a gap; the last one is what went out last."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._frames: deque[Frame] = deque(maxlen=size)

    def append(self, frame: Frame) -> None:
        """Keep the next frame."""
        self._frames.append(frame)

    def first_seq(self, last_seq: int) -> int:
        """Return the `seq` of the oldest stored frame; the one after `last_seq` without any."""
        return self._frames[0].seq if self._frames else last_seq + 1

    def after(self, seq: int, last_seq: int) -> list[Frame] | None:
        """Return the frames above `seq`, or `None` where not all of them are stored."""
        if seq >= last_seq:
            return []
        if self.first_seq(last_seq) > seq + 1:
            return None
        return [frame for frame in self._frames if frame.seq > seq]

    def prepend(self, older: Sequence[Frame]) -> None:
        """Store frames that directly precede the stored ones, as far as there is room."""
        room = max(0, self.size - len(self._frames))
        self._frames.extendleft(reversed(older[len(older) - min(room, len(older)) :]))

    def clear(self) -> None:
        """Forget all."""
        self._frames.clear()
