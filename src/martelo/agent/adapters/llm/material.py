"""The prompts and data of a model: as little as its text needs, between random delimiters."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template

import orjson

from martelo.agent.domain.facts import Language, Status, Tone
from martelo.agent.domain.formats import format_instant, format_money
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.guarding.strict import placeholders_of
from martelo.agent.domain.tables import result_of
from martelo.agent.domain.templates.phrases import phrases_of
from martelo.agent.domain.texts import Kind

MAX_BIDS = 20
KINDS_WITH_BIDS = frozenset({Kind.REPORT, Kind.EMAIL_SELLER})
_LANGUAGES = {Language.PORTUGUESE: "português do Brasil", Language.ENGLISH: "inglês"}
_TONES = {Tone.WARM: "caloroso e alegre, sem exagero", Tone.PLAIN: "sóbrio e direto"}
_PAYMENT = {
    Language.PORTUGUESE: "Os próximos passos para o pagamento estão logo abaixo.",
    Language.ENGLISH: "The next steps for payment are just below.",
}
_PROMPTS = {
    Kind.REPORT: "report",
    Kind.EMAIL_WINNER: "winner_email",
    Kind.EMAIL_SELLER: "seller_email",
    Kind.DISCORD: "discord_post",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A pair of delimiters around data, random for each text."""

    key: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def start(self) -> str:
        """The delimiter before data."""
        return f"<dados-{self.key}>"

    @property
    def end(self) -> str:
        """The delimiter after data."""
        return f"</dados-{self.key}>"

    def around(self, data: object) -> str:
        """Return `data` as JSON between the delimiters."""
        return f"{self.start}\n{orjson.dumps(data).decode()}\n{self.end}"


def instructions(kind: Kind, facts: CleanFacts, frame: Frame, channel: str | None) -> str:
    """Return the instructions for a text of this kind."""
    language = facts.house.language
    words = {
        "idioma": _LANGUAGES[language],
        "tom": _TONES[facts.house.tone],
        "inicio": frame.start,
        "fim": frame.end,
        "canal": channel or "da casa",
        "pagamento": _PAYMENT[language],
    }
    return "\n".join(_prompt(name, words) for name in ("rules", _PROMPTS[kind]))


def strict_instructions(kind: Kind, facts: CleanFacts) -> str:
    """Return the instructions for strict mode: placeholders instead of people's words."""
    return _prompt("strict", {"marcas": " ".join(placeholders_of(kind, facts))})


def review_instructions(frame: Frame) -> str:
    """Return the instructions for a review."""
    return _prompt("review", {"inicio": frame.start, "fim": frame.end})


def auction_data(kind: Kind, facts: CleanFacts) -> dict[str, object]:
    """Return the facts for a text of this kind; only the report gets free text."""
    said = phrases_of(kind, facts)
    data: dict[str, object] = {
        "item": said.item,
        "resultado": result_of(facts),
        "vencedor": said.winner,
        "valor_final": said.value,
        "preco_inicial": said.starting,
        "lances": said.bids,
        "participantes": said.bidders,
        "abertura": said.opened,
        "encerramento": said.closed,
        "prorrogacoes": said.extended,
        "casa": said.house,
    }
    if kind is Kind.EMAIL_SELLER:
        data["vendedor"] = said.seller
    if kind is Kind.REPORT:
        data |= {"descricao": facts.description, "motivo": said.reason}
    return {name: value for name, value in data.items() if value}


def strict_data(kind: Kind, facts: CleanFacts) -> dict[str, object]:
    """Return the facts without people's words: the result, and placeholders for the rest."""
    data: dict[str, object] = {name.strip("{}"): name for name in placeholders_of(kind, facts)}
    data["resultado"] = result_of(facts)
    data["houve_lances"] = facts.bid_count > 0
    data["foi_vendido"] = facts.status is Status.SOLD
    return data


def bids_data(facts: CleanFacts) -> list[dict[str, object]]:
    """Return the last bids, oldest first."""
    language = facts.house.language
    return [
        {
            "participante": bid.shown,
            "valor": format_money(bid.amount_cents, language),
            "quando": format_instant(bid.at_ms, language),
            "automatico": bid.automatic,
        }
        for bid in facts.bids[-MAX_BIDS:]
    ]


def _prompt(name: str, words: Mapping[str, str]) -> str:
    text = files("martelo.agent").joinpath("prompts", f"{name}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(words)
