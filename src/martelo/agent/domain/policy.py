"""The house's settings for reports, e-mails and posts."""

from dataclasses import dataclass

from martelo.agent.domain.facts import House, Status


@dataclass(frozen=True, slots=True)
class HousePolicy:
    """The settings of texts, the sender of e-mails, and which ends are posted."""

    house: House
    sender_name: str
    posts: frozenset[Status]

    def is_posted(self, status: Status) -> bool:
        """Return whether an end of this kind is posted."""
        return status in self.posts
