"""What the house decided about its reports, e-mails and posts."""

from dataclasses import dataclass

from martelo.agent.domain.facts import House, Status


@dataclass(frozen=True, slots=True)
class HousePolicy:
    """How the house speaks, whom its mail is from, and which ends it posts."""

    house: House
    sender_name: str
    posts: frozenset[Status]

    def tells_of(self, status: Status) -> bool:
        """Tell whether an end of this kind is posted."""
        return status in self.posts
