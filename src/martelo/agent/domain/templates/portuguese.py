"""The templates in Portuguese."""

from collections.abc import Callable, Mapping

from martelo.agent.domain.facts import Status
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.templates.phrases import Phrases, ended
from martelo.agent.domain.texts import Kind

Piece = tuple[str, list[str]]
"""A title or subject, and paragraphs; empty ones are left out."""

_BELOW = "Os próximos passos e o relatório completo estão logo abaixo."


def _sold_report(_facts: CleanFacts, said: Phrases) -> Piece:
    return f"Vendido: {said.item} por {said.value}", [
        _sold_opening(said),
        _sold_course(said),
        _times(said),
        "Obrigado a todas as pessoas que participaram." if said.is_warm else "",
    ]


def _sold_opening(said: Phrases) -> str:
    gavel = "Martelo batido! " if said.is_warm else ""
    if said.is_bought_now:
        return (
            f"{gavel}{said.winner} comprou o lote {said.item} por **{said.value}**, pela opção de"
            " compra imediata."
        )
    return f"{gavel}{said.winner} arrematou o lote {said.item} por **{said.value}**."


def _sold_course(said: Phrases) -> str:
    if said.is_bought_now:
        bidding = f"com {said.bids}" if said.has_bids else "sem disputa de lances"
        return f"O preço inicial era {said.starting}, e o leilão terminou {bidding}."
    start = f"a partir do preço inicial de {said.starting}"
    sentences = [f"O lote recebeu {said.bids} de {said.bidders}, {start}."]
    if said.first_bid and said.last_bid:
        sentences.append(
            f"O primeiro lance, de {said.first_bid[0]}, foi de {said.first_bid[1]}; o último, de"
            f" {said.last_bid[0]}, chegou a {said.last_bid[1]}."
        )
    if said.is_reserve_met:
        sentences.append("O preço de reserva foi atingido.")
    return " ".join(sentences)


def _times(said: Phrases) -> str:
    course = f"O leilão abriu em {said.opened} e terminou em {said.closed}."
    if said.extended is None:
        return course
    return f"{course} O encerramento foi prorrogado {said.extended} por lances de última hora."


def _unsold_report(_facts: CleanFacts, said: Phrases) -> Piece:
    return f"Não vendido: {said.item}", [
        _unsold_why(said, f"O lote {said.item}"),
        _times(said),
        "Quem sabe na próxima vez?" if said.is_warm else "",
    ]


def _unsold_why(said: Phrases, lot: str) -> str:
    if not said.has_bids:
        return f"{lot} não recebeu lances e não foi vendido. O preço inicial era {said.starting}."
    highest = f" O último lance foi de {said.last_bid[1]}." if said.last_bid else ""
    return (
        f"{lot} recebeu {said.bids} de {said.bidders}, mas o preço de reserva não foi atingido e o"
        f" lote não foi vendido.{highest}"
    )


def _cancelled_report(facts: CleanFacts, said: Phrases) -> Piece:
    return f"Cancelado: {said.item}", [
        f"O leilão do lote {said.item} foi cancelado {_by(facts)}.",
        ended(f"Motivo informado: {said.reason}")
        if said.reason
        else "Não foi informado um motivo.",
        f"Até então, o lote tinha {said.bids} de {said.bidders}." if said.has_bids else "",
        _times(said),
    ]


def _by(facts: CleanFacts) -> str:
    return "pelo vendedor" if facts.cancelled_by_seller else "pela administração da casa"


def _winner_email(_facts: CleanFacts, said: Phrases) -> Piece:
    subject = f"Parabéns! {said.item} é seu" if said.is_warm else f"Você venceu: {said.item}"
    return subject, [
        f"Olá, {said.winner}!" if said.is_warm else f"Olá, {said.winner}.",
        _won(said),
        "Os próximos passos para o pagamento estão logo abaixo.",
        _farewell(said, "Obrigado por participar, e aproveite muito!"),
    ]


def _won(said: Phrases) -> str:
    joy = "Parabéns pela vitória! " if said.is_warm else ""
    if said.is_bought_now:
        return f"{joy}Você comprou o lote {said.item} por {said.value}, pela compra imediata."
    return (
        f"{joy}Você arrematou o lote {said.item} por {said.value}, em um leilão com {said.bids} de"
        f" {said.bidders}."
    )


def _sold_email(_facts: CleanFacts, said: Phrases) -> Piece:
    news = "Boas notícias! " if said.is_warm else ""
    verb = "comprou" if said.is_bought_now else "arrematou"
    how = ", pela compra imediata" if said.is_bought_now else ""
    return f"Seu lote {said.item} foi vendido", [
        _greeting(said),
        f"{news}{said.winner} {verb} o seu lote {said.item} por {said.value}{how}.",
        _BELOW,
        _farewell(said, "Obrigado por vender conosco!"),
    ]


def _unsold_email(_facts: CleanFacts, said: Phrases) -> Piece:
    return f"Seu lote {said.item} não foi vendido", [
        _greeting(said),
        f"O seu lote {said.item} não foi vendido: {_unsold_reason(said)}.",
        _BELOW,
        _farewell(said, "Boa sorte na próxima vez!"),
    ]


def _unsold_reason(said: Phrases) -> str:
    if not said.has_bids:
        return "não recebeu lances"
    if said.last_bid is None:
        return "o preço de reserva não foi atingido"
    return f"o último lance, de {said.last_bid[1]}, não atingiu o preço de reserva"


def _cancelled_email(facts: CleanFacts, said: Phrases) -> Piece:
    lot = f"o leilão do seu lote {said.item}"
    is_own = facts.cancelled_by_seller
    who = f"Você cancelou {lot}" if is_own else f"A administração da casa cancelou {lot}"
    return f"O leilão do lote {said.item} foi cancelado", [
        _greeting(said),
        ended(
            f"{who}, com este motivo: {said.reason}"
            if said.reason
            else f"{who}, sem informar um motivo"
        ),
        _BELOW,
        _farewell(said, "Até a próxima!"),
    ]


def _greeting(said: Phrases) -> str:
    return f"Olá, {said.seller}!" if said.is_warm else f"Olá, {said.seller}."


def _farewell(said: Phrases, warm: str) -> str:
    return (
        f"{warm}\nEquipe {said.house}" if said.is_warm else f"Atenciosamente,\nEquipe {said.house}"
    )


def _sold_post(_facts: CleanFacts, said: Phrases) -> Piece:
    verb = "comprou" if said.is_bought_now else "arrematou"
    course = "" if said.is_bought_now else f"O lote recebeu {said.bids} de {said.bidders}."
    if said.is_warm:
        return f"🔨 Vendido: {said.item}", [
            f"Martelo batido! {said.winner} {verb} {said.item} por {said.value}! {course}".strip(),
            "Parabéns! 🎉",
        ]
    return f"Vendido: {said.item}", [
        f"{said.winner} {verb} {said.item} por {said.value}. {course}".strip()
    ]


def _unsold_post(_facts: CleanFacts, said: Phrases) -> Piece:
    return f"Não vendido: {said.item}", [_unsold_why(said, f"O lote {said.item}")]


def _cancelled_post(facts: CleanFacts, said: Phrases) -> Piece:
    return f"Cancelado: {said.item}", [f"O leilão do lote {said.item} foi cancelado {_by(facts)}."]


PIECES: Mapping[tuple[Kind, Status], Callable[[CleanFacts, Phrases], Piece]] = {
    (Kind.REPORT, Status.SOLD): _sold_report,
    (Kind.REPORT, Status.UNSOLD): _unsold_report,
    (Kind.REPORT, Status.CANCELLED): _cancelled_report,
    (Kind.EMAIL_WINNER, Status.SOLD): _winner_email,
    (Kind.EMAIL_SELLER, Status.SOLD): _sold_email,
    (Kind.EMAIL_SELLER, Status.UNSOLD): _unsold_email,
    (Kind.EMAIL_SELLER, Status.CANCELLED): _cancelled_email,
    (Kind.DISCORD, Status.SOLD): _sold_post,
    (Kind.DISCORD, Status.UNSOLD): _unsold_post,
    (Kind.DISCORD, Status.CANCELLED): _cancelled_post,
}
