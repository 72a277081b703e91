"""E-mails as their readers' programs get them."""

import re
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest
from hypothesis import given

from fakes.ended_auctions import cancelled, sold, unsold
from hostile_facts import TEXTS, hostile_facts
from martelo.agent.domain.facts import Facts, House, Language, Status
from martelo.agent.domain.frozen import Letter
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.letters import MessageDetails, compose_letter
from martelo.agent.domain.naming import as_markdown
from martelo.agent.domain.templates.rendering import render_template
from martelo.agent.domain.texts import Kind, Report, SellerEmail, WinnerEmail
from martelo.runtime.mail import Mail, address_of, compose

LINK = "https://leiloes.example/leiloes/07-6k9m2v4t8q1xz"
NOW = MessageDetails(LINK, "modelo fixo (sem IA)", 1)
MAX_OCTETS = 998
"""What a line of a mail may have (RFC 5322), without its end."""

ENGLISH = House(name="Casa das Flores", language=Language.ENGLISH)
FRAME = {"html", "head", "meta", "title", "body", "table", "tr", "th", "td"}
WORDS = {"p", "br", "h2", "h3", "ul", "ol", "li", "strong", "em", "a"}
ATTRIBUTES = {
    *("lang", "charset", "name", "content", "role", "scope", "href", "style"),
    *("width", "align", "valign", "bgcolor", "border", "cellpadding", "cellspacing"),
}


class Read(HTMLParser):
    """What an HTML document holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.data: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.data.append(data)

    @property
    def texts(self) -> list[str]:
        return [line.strip() for data in self.data for line in data.splitlines() if line.strip()]

    def values(self, wanted: str) -> list[str | None]:
        return [value for name, value in self.attributes if name == wanted]


def sent(kind: Kind, facts: Facts) -> Letter:
    """Return an e-mail with the template's words, and to the seller the template's report."""
    cleaned = clean(facts)
    text, report = render_template(kind, cleaned), render_template(Kind.REPORT, cleaned)
    assert isinstance(text, WinnerEmail | SellerEmail)
    assert isinstance(report, Report)
    carried = as_markdown(report, cleaned) if kind is Kind.EMAIL_SELLER else None
    return compose_letter(kind, text, cleaned, carried, NOW)


def letter_of(summary: str, body: str = "Olá.") -> Letter:
    report = Report("Vendido", summary)
    return compose_letter(Kind.EMAIL_SELLER, SellerEmail("Lote", body), clean(sold()), report, NOW)


SENT = [
    sent(Kind.EMAIL_WINNER, sold()),
    sent(Kind.EMAIL_SELLER, sold(house=ENGLISH)),
    sent(Kind.EMAIL_SELLER, unsold(has_bids=True)),
    sent(Kind.EMAIL_SELLER, cancelled(by_seller=False)),
]


class TestHtmlPart:
    @pytest.mark.parametrize("mail", SENT)
    def test_is_one_column_of_at_most_600_pixels(self, mail: Letter) -> None:
        read = Read(mail.html)

        assert "width:100%;max-width:600px" in read.values("style")
        assert set(read.values("width")) == {"600", "100%", "40%"}

    @pytest.mark.parametrize("mail", SENT)
    def test_holds_nothing_that_a_mail_program_drops_or_fetches(self, mail: Letter) -> None:
        read = Read(mail.html)

        assert read.tags <= FRAME | WORDS
        assert {name for name, _ in read.attributes} <= ATTRIBUTES
        assert read.values("href") == [LINK]
        assert "url(" not in mail.html
        assert "http" not in mail.html.replace(LINK, "")

    @pytest.mark.parametrize("mail", SENT)
    def test_leaves_ink_and_ground_to_the_reader_but_for_the_button(self, mail: Letter) -> None:
        styles = [str(style) for style in Read(mail.html).values("style")]

        coloured = [style for style in styles if re.search(r"(?<![\w-])color:|background", style)]
        assert [style.split(";")[0] for style in coloured] == [
            "background-color:#b0452d",
            "font-family:Arial,Helvetica,sans-serif",
        ]
        assert 'name="color-scheme" content="light dark"' in mail.html

    @pytest.mark.parametrize("mail", SENT)
    def test_begins_with_the_house_and_ends_with_why_one_gets_it(self, mail: Letter) -> None:
        texts = Read(mail.html).texts
        house = "Casa das Flores" if 'lang="en"' in mail.html else "Martelo"

        assert texts[:2] == [mail.subject, house]
        assert texts[-2].startswith(("Você recebe este e-mail porque", "You get this e-mail"))
        assert texts[-2].endswith(f" {house}.")

    @pytest.mark.parametrize("mail", SENT)
    def test_says_what_the_text_says(self, mail: Letter) -> None:
        words = "".join(Read(mail.html).data)

        for line in mail.text.splitlines():
            for part in line.removesuffix(f": {LINK}").split(": "):
                assert part in words

    def test_puts_a_summarys_headings_below_the_reports_own(self) -> None:
        html = letter_of("# Um\n\n## Dois\n\n- três\n- **quatro**").html

        assert re.findall(r"<(h\d|ul|li|strong)\b", html.partition("Vendido</h2>")[2]) == (
            ["h3", "h3", "ul", "li", "li", "strong"]
        )
        assert html.count("</h3>") == 2

    @given(hostile_facts(), TEXTS, TEXTS)
    def test_does_nothing_whatever_people_and_models_wrote(
        self, facts: Facts, body: str, summary: str
    ) -> None:
        cleaned, report = clean(facts), Report(body or "x", summary)
        mails = [
            compose_letter(Kind.EMAIL_SELLER, SellerEmail(body, summary), cleaned, report, NOW)
        ]
        if facts.status is Status.SOLD:
            mails.append(
                compose_letter(Kind.EMAIL_WINNER, WinnerEmail(body, body), cleaned, None, NOW)
            )

        for mail in mails:
            read = Read(mail.html)
            assert read.tags <= FRAME | WORDS
            assert {name for name, _ in read.attributes} <= ATTRIBUTES
            assert read.values("href") == [LINK]

    def test_keeps_to_the_lines_of_smtp(self) -> None:
        words = "<b>" * 400
        for unbroken in (words, "ação " * 240, "a" * 1_200):
            source = compose(_mail(letter_of(unbroken, unbroken)))

            assert max(map(len, source.split(b"\r\n"))) <= MAX_OCTETS
            assert source.isascii()
            html = message_from_bytes(source, policy=default).get_body(("html",))
            assert html is not None
            assert html.get_content().replace("\r\n", "\n") == letter_of(unbroken, unbroken).html


def _mail(mail: Letter) -> Mail:
    return Mail(
        sender=address_of("Casa", "casa@leiloes.example"),
        recipient=address_of("Carla", "carla@leiloes.example"),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        dated_at_ms=mail.dated_at_ms,
        message_id="<1@leiloes.example>",
    )
