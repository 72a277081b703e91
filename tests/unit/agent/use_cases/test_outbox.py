from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default

import pytest

from fakes.agent_outside import FakePeople
from fakes.ends import ANA, BRUNO, LETTER, POST, sold
from martelo.agent.adapters.delivery.composing import NO_SENDER, SenderComposer
from martelo.agent.adapters.delivery.smtp_mailer import mail_of
from martelo.agent.domain.effects import State
from martelo.agent.domain.frozen import Frozen, Letter
from martelo.agent.domain.policy import HousePolicy
from martelo.agent.domain.recipients import recipient_of, seed_of
from martelo.agent.domain.refusals import AddressUnwritable, MessageNotKept, RecipientGone
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.console import EffectQuery, EffectView, PublishedReport
from martelo.agent.ports.contexts import Contact, ContextUnavailable
from martelo.agent.ports.effects import DeliveryChannel
from martelo.agent.use_cases.outbox import MAX_LOOKUP_S, ContactMissing, Outbox, OutboxMail
from martelo.kernel.ids import AccountId, AuctionId, EventId
from martelo.runtime.mail import address_of, compose

HOSTILE = '<script>alert(1)</script>" onload="alert(2)\r\nBcc: eve@mal.example'


def view(number: int, kind: Kind, frozen: Frozen | None) -> EffectView:
    end = sold(f"07-{number:013d}")
    return EffectView(
        id=number,
        event_id=EventId(end.event_id),
        auction_id=AuctionId(end.auction_id),
        lot_title=end.title,
        kind=kind,
        recipient=recipient_of(kind, seller=end.seller, winner=end.winner),
        state=State.DONE,
        attempts=1,
        in_flight=False,
        due_at_ms=None,
        frozen=frozen,
        forgotten_at_ms=None,
        channel=DeliveryChannel.OUTBOX,
        note=None,
        label=None,
        authorship=None,
        interventions=(),
        created_at_ms=0,
        changed_at_ms=0,
    )


@dataclass
class StoredEffects:
    """`EffectConsole` with the one query of the outbox."""

    views: list[EffectView]

    def effects(self, query: EffectQuery) -> list[EffectView]:
        assert query.channel is DeliveryChannel.OUTBOX
        return [each for each in self.views if query.effect_id in {None, each.id}]

    def is_up(self) -> bool:
        return True

    def report_of(self, auction_id: AuctionId) -> PublishedReport | None:
        raise NotImplementedError(auction_id)

    def resend(self, effect_id: int, by: AccountId) -> EffectView:
        raise NotImplementedError(effect_id, by)

    def settle(self, effect_id: int, by: AccountId) -> EffectView:
        raise NotImplementedError(effect_id, by)


@dataclass
class CountedPeople(FakePeople):
    """Records the look-ups; each moves the clock `now_s`."""

    looked_up: list[AccountId] = field(default_factory=list)
    takes_s: float = 0.0
    now_s: float = 0.0
    policies: int = 0

    def policy(self) -> HousePolicy:
        self.policies += 1
        return super().policy()

    def contact(self, account_id: AccountId) -> Contact | None:
        self.looked_up.append(account_id)
        self.now_s += self.takes_s
        return super().contact(account_id)


@pytest.fixture
def people() -> CountedPeople:
    return CountedPeople()


def outbox(people: CountedPeople, *views: EffectView, sender: str | None = None) -> Outbox:
    return Outbox(StoredEffects(list(views)), people, SenderComposer(sender), lambda: people.now_s)


def mails(shown: Outbox) -> Iterator[OutboxMail]:
    for each in shown.page(before_id=None, limit=20):
        assert isinstance(each.message, OutboxMail)
        yield each.message


class TestOutbox:
    def test_composes_what_the_sender_would_send(self, people: CountedPeople) -> None:
        entry = view(1, Kind.EMAIL_WINNER, LETTER)
        sender = "casa@leiloes.example"

        (mail,) = mails(outbox(people, entry, sender=sender))

        assert isinstance(mail.contact, Contact)
        assert mail.composed is not None
        seed = seed_of(entry.auction_id, entry.kind)
        sent = mail_of(LETTER, address_of("Martelo", sender), mail.contact, seed)
        assert mail.composed.raw == compose(sent)
        assert outbox(people, entry, sender=sender).raw_mail(1) == compose(sent)

    def test_looks_up_each_person_once(self, people: CountedPeople) -> None:
        views = [view(n, Kind.EMAIL_WINNER, LETTER) for n in (4, 3)]
        views += [view(n, Kind.EMAIL_SELLER, LETTER) for n in (2, 1)]

        assert len(list(mails(outbox(people, *views)))) == 4

        assert people.looked_up == [BRUNO.id, ANA.id]
        assert people.policies == 1

    def test_looks_up_no_more_after_a_failure(self, people: CountedPeople) -> None:
        people.is_down = True
        views = [view(2, Kind.EMAIL_WINNER, LETTER), view(1, Kind.EMAIL_SELLER, LETTER)]

        shown = list(mails(outbox(people, *views)))

        assert [mail.contact for mail in shown] == [ContactMissing.UNAVAILABLE] * 2
        assert [(mail.sender_name, mail.composed) for mail in shown] == [(None, None)] * 2
        assert (people.looked_up, people.policies) == ([], 1)

    def test_looks_up_no_more_after_the_time_limit(self, people: CountedPeople) -> None:
        people.takes_s = MAX_LOOKUP_S * 1.5
        views = [view(2, Kind.EMAIL_WINNER, LETTER), view(1, Kind.EMAIL_SELLER, LETTER)]

        shown = [mail.contact for mail in mails(outbox(people, *views))]

        assert isinstance(shown[0], Contact)
        assert shown[1] is ContactMissing.UNAVAILABLE

    def test_says_that_an_account_is_gone(self, people: CountedPeople) -> None:
        people.gone.add(BRUNO.id)
        shown = outbox(people, view(1, Kind.EMAIL_WINNER, LETTER))

        (mail,) = mails(shown)

        assert (mail.contact, mail.recipient.account_id) == (ContactMissing.GONE, BRUNO.id)
        with pytest.raises(RecipientGone):
            shown.raw_mail(1)

    def test_says_which_address_cannot_be_written_to(self, people: CountedPeople) -> None:
        people.emails[BRUNO.id] = "a..b@example.com"
        shown = outbox(
            people, view(2, Kind.EMAIL_WINNER, LETTER), view(1, Kind.EMAIL_SELLER, LETTER)
        )

        winners, sellers = mails(shown)

        assert (winners.contact, winners.composed) == (ContactMissing.UNWRITABLE, None)
        assert sellers.composed is not None
        with pytest.raises(AddressUnwritable):
            shown.raw_mail(2)

    def test_shows_a_page_with_an_email_that_cannot_be_composed(
        self, people: CountedPeople
    ) -> None:
        broken = replace(LETTER, subject="a\nb")
        shown = outbox(
            people, view(2, Kind.EMAIL_WINNER, broken), view(1, Kind.EMAIL_SELLER, LETTER)
        )

        assert [mail.composed is None for mail in mails(shown)] == [True, False]

    def test_has_no_file_while_accounts_do_not_answer(self, people: CountedPeople) -> None:
        people.is_down = True

        with pytest.raises(ContextUnavailable):
            outbox(people, view(1, Kind.EMAIL_WINNER, LETTER)).raw_mail(1)

    def test_has_no_file_of_a_post_or_a_forgotten_text(self, people: CountedPeople) -> None:
        shown = outbox(people, view(1, Kind.DISCORD, POST), view(2, Kind.EMAIL_WINNER, None))

        for number in (1, 2, 3):
            with pytest.raises(MessageNotKept):
                shown.raw_mail(number)

    def test_lets_no_text_out_of_its_place(self, people: CountedPeople) -> None:
        letter = Letter(" ".join(HOSTILE.split()), HOSTILE, "<p>&lt;script&gt;</p>", 0)

        raw = outbox(people, view(1, Kind.EMAIL_WINNER, letter)).raw_mail(1)

        message = message_from_bytes(raw, policy=default)
        assert message["Bcc"] is None
        assert message["From"].addresses[0].addr_spec == NO_SENDER
        assert len(message["To"].addresses) == 1
