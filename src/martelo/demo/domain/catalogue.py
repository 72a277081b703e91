"""The lots of the demo: what is sold, by whom, for how long, and what it is worth at most."""

from dataclasses import dataclass

MINUTE_S = 60
HOUR_S = 3_600
DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A lot that the demo offers again and again.

    `name` is also that of its pictures' files. `duration_s` is how long the first lot lasts,
    `again_s` how long those that follow do. Nobody simulated bids more than `worth_cents`.
    """

    name: str
    seller: str
    title: str
    description: str
    category: str
    starting_cents: int
    worth_cents: int
    duration_s: int
    again_s: int
    opens_in_s: int = 0
    reserve_cents: int | None = None
    buy_now_cents: int | None = None


PASSWORD = "martelo-demo"  # noqa: S105 - published on purpose
SELLERS = ("ana@example.com", "bruno@example.com", "carla@example.com")
"""The accounts of the demo that sell."""

ANA, BRUNO, CARLA = SELLERS

OFFERS = (
    Offer(
        name="brigadeiros",
        seller=BRUNO,
        title="Caixa com vinte brigadeiros sortidos",
        description=(
            "Vinte brigadeiros enrolados hoje cedo, cada um na sua forminha:\n\n"
            "- **ao leite**, com granulado belga\n"
            "- **branco**, com coco fresco\n"
            "- **pistache**\n"
            "- **morango** de verdade, sem corante\n\n"
            "Conservam-se por *três dias* fora da geladeira."
        ),
        category="doces",
        starting_cents=2_000,
        worth_cents=9_800,
        duration_s=100,
        again_s=8 * MINUTE_S,
    ),
    Offer(
        name="torta-de-limao",
        seller=ANA,
        title="Torta de limão com merengue tostado",
        description=(
            "Massa amanteigada, creme de limão-taiti e merengue italiano tostado no maçarico.\n\n"
            "- Serve **doze fatias**\n"
            "- Forma de 26 cm\n"
            "- Feita no dia da entrega\n\n"
            "> A receita é da minha avó; o maçarico é meu."
        ),
        category="tortas",
        starting_cents=3_500,
        worth_cents=16_000,
        duration_s=170,
        again_s=12 * MINUTE_S,
    ),
    Offer(
        name="bolo-de-casamento",
        seller=ANA,
        title="Bolo de casamento de três andares",
        description=(
            "Três andares de pão de ló de baunilha, recheados com *doce de leite* e geleia de "
            "morango, cobertos de pasta americana e **rosas de açúcar** feitas à mão.\n\n"
            "- Rende de 80 a 100 fatias\n"
            "- Entrega e montagem na cidade incluídas\n"
            "- As cores das rosas podem ser escolhidas até uma semana antes\n\n"
            "O lote tem *preço de reserva*."
        ),
        category="bolos",
        starting_cents=25_000,
        reserve_cents=60_000,
        worth_cents=98_000,
        duration_s=3 * DAY_S,
        again_s=3 * DAY_S,
    ),
    Offer(
        name="bolo-vulcao",
        seller=CARLA,
        title="Bolo vulcão de chocolate com morangos",
        description=(
            "Bolo de cacau 70% com uma cratera de **brigadeiro mole** que escorre ao cortar.\n\n"
            "Para aquecer: quinze segundos no micro-ondas, *sem os morangos*."
        ),
        category="bolos",
        starting_cents=4_000,
        worth_cents=17_500,
        duration_s=14 * MINUTE_S,
        again_s=25 * MINUTE_S,
    ),
    Offer(
        name="macarons",
        seller=CARLA,
        title="Torre de macarons, quinze cores de festa",
        description=(
            "Quinze macarons em torre: rosa, pistache, limão-siciliano, lavanda, menta, damasco "
            "e chocolate.\n\n"
            "1. Retire da geladeira meia hora antes\n"
            "2. Monte de baixo para cima\n"
            "3. Esconda um para você\n\n"
            "Contém **amêndoas** e ovos."
        ),
        category="biscoitos",
        starting_cents=4_500,
        worth_cents=21_000,
        duration_s=35 * MINUTE_S,
        again_s=45 * MINUTE_S,
    ),
    Offer(
        name="quindim",
        seller=BRUNO,
        title="Quindim grande, da receita de família",
        description=(
            "Dezoito gemas, coco fresco e paciência. Brilha como vitrine de confeitaria antiga.\n\n"
            "**Compra imediata** até o primeiro lance: quem tem pressa leva na hora."
        ),
        category="doces",
        starting_cents=3_000,
        buy_now_cents=9_900,
        worth_cents=9_000,
        duration_s=2 * HOUR_S,
        again_s=2 * HOUR_S,
    ),
    Offer(
        name="bolo-de-rolo",
        seller=ANA,
        title="Bolo de rolo pernambucano, oito voltas",
        description=(
            "Massa fininha enrolada com goiabada cascão, **oito voltas** contadas.\n\n"
            "- Peça de um quilo, polvilhada com açúcar\n"
            "- Fatie fino: *é a lei em Pernambuco*"
        ),
        category="bolos",
        starting_cents=3_800,
        worth_cents=15_000,
        duration_s=4 * HOUR_S,
        again_s=3 * HOUR_S,
    ),
    Offer(
        name="cupcakes",
        seller=CARLA,
        title="Meia dúzia de cupcakes com cobertura de manteiga",
        description=(
            "Baunilha, chocolate e morango, com cobertura de manteiga em quatro voltas e uma "
            "cereja por cima.\n\nA vela da foto **vai junto**."
        ),
        category="bolos",
        starting_cents=2_400,
        worth_cents=11_500,
        duration_s=55 * MINUTE_S,
        again_s=70 * MINUTE_S,
    ),
    Offer(
        name="pao-de-mel",
        seller=BRUNO,
        title="Pão de mel recheado, lata com doze",
        description=(
            "Mel de flor de laranjeira, especiarias e recheio de **doce de leite**, banhado em "
            "chocolate meio amargo.\n\nA lata é daquelas que viram caixa de costura e "
            "fica com você."
        ),
        category="biscoitos",
        starting_cents=3_200,
        worth_cents=13_000,
        duration_s=20 * HOUR_S,
        again_s=12 * HOUR_S,
    ),
    Offer(
        name="bem-casados",
        seller=ANA,
        title="Cem bem-casados embrulhados à mão",
        description=(
            "Dois discos de pão de ló, doce de leite no meio, banho de açúcar; embrulhados em "
            "papel crepom com **fita de cetim**.\n\n"
            "- Cem unidades\n"
            "- Cores à escolha\n"
            "- Prazo: *dez dias*"
        ),
        category="doces",
        starting_cents=18_000,
        worth_cents=52_000,
        duration_s=30 * HOUR_S,
        again_s=DAY_S,
    ),
    Offer(
        name="pave",
        seller=CARLA,
        title="Pavê de chocolate e creme, travessa para dez",
        description=(
            "Camadas de biscoito molhado no leite, creme de baunilha e ganache, com raspas e "
            "cerejas.\n\n*É para ver* — **e para comer**. A travessa de vidro está incluída."
        ),
        category="tortas",
        starting_cents=3_600,
        worth_cents=14_500,
        duration_s=2 * DAY_S,
        again_s=6 * HOUR_S,
    ),
    Offer(
        name="rocambole",
        seller=BRUNO,
        title="Rocambole de chocolate com creme e morangos",
        description=(
            "Pão de ló de cacau, creme de baunilha e morangos da serra.\n\n"
            "O leilão **abre daqui a pouco**: deixe o lote à mão."
        ),
        category="bolos",
        starting_cents=3_000,
        worth_cents=12_500,
        opens_in_s=40 * MINUTE_S,
        duration_s=90 * MINUTE_S,
        again_s=90 * MINUTE_S,
    ),
)
"""Those that end first come first, so that the seed is not what makes them late."""

PEOPLE = {
    "lia.demo@example.com": "Lia Monteiro",
    "tiago.demo@example.com": "Tiago Barros",
    "marina.demo@example.com": "Marina Alves",
    "otavio.demo@example.com": "Otávio Reis",
    "helena.demo@example.com": "Helena Prado",
}
"""Who bids besides the visitors: e-mail address and name."""


def find_offer(title: str, seller: str) -> Offer | None:
    """Return the offer a lot of `seller` goes back to, by its title; `None`: it is somebody's."""
    return next((o for o in OFFERS if o.title == title and o.seller == seller), None)
