"""The words that the guard looks for, in lower case and without accents."""

import re

CLAIMS = re.compile(
    r"\b(?:"
    # money other than the value, and ways of paying
    r"descont\w*|discount\w*|cupo(?:m|ns)|coupons?|vouchers?|promoc\w*|promotion\w*|cashback"
    r"|reembols\w*|estorn\w*|refund\w*|gratis|gratuit\w*|brindes?|bonus|premio\w*|prize\w*|gifts?"
    r"|taxas?|fees?|tarifas?|comiss(?:ao|oes)|commissions?|multas?|fretes?|shipping"
    r"|pag(?:a|as|ar|ara|amos|ando|amentos?|o|ou|os|ue|uem|aram|aria)|pay\w*|paid|owes?"
    r"|pix|boletos?|cart(?:ao|oes)|cards?|credit\w*|debit\w*|transfer\w*|deposit\w*|iban|swift"
    r"|conta\s+(?:bancaria|corrente|poupanca)|bank\w*|bancos?|bitcoins?|cripto\w*|crypto\w*|wallets?"
    r"|metade|dobro|triplo|half|double[ds]?|triple[ds]?|por\s+cento|percent\w*"
    # secrets, codes and ways to leave the site
    r"|codigos?|codes?|senhas?|passwords?|credenci\w*|credential\w*|chaves?|keys?|tokens?|webhooks?"
    r"|apis?|urls?|links?|sites?|websites?|paginas?\s+web|cliqu\w*|click\w*|acess(?:e|em|ar|ando)|visit\w*|baix(?:e|em|ar|ando)"
    r"|download\w*|e-?mails?|correio\s+eletronico|whats\w*|telegram\w*|zap|discord|sms|telefon\w*"
    r"|phones?|ligue|liga(?:r|ndo)|calls?|contat\w*|contact\w*|cpf|cnpj|passaport\w*|passport\w*"
    r"|documento\w*|respond\w*|reply|replies"
    # what bidders do not disclose, and instructions to the writer
    r"|tetos?|ceilings?|lances?\s+maxim\w*|maximum\s+bids?|ocult\w*|hidden|secret\w*|sigil\w*"
    r"|segund[oa]\s+colocad\w*|runners?-?\s?ups?|vice"
    r"|valida\w*|validat\w*|aprova\w*|approv\w*|prompts?|instruc\w*|instruct\w*|ignor\w*|system\w*"
    r"|auditori?\w*|audit\w*|modelo\s+de\s+linguagem|inteligencia\s+artificial|assistant\w*"
    # promises and pressure
    r"|garant\w*|guarant\w*|warrant\w*|prazos?\s+(?:de|para|final|limite)|deadlines?|urgen\w*|process(?:o|ar)\s+judicia\w*"
    r"|entreg\w*|deliver\w*|retir(?:ada|ar|e|em)|envi(?:e|em|ar|aremos)|mand(?:e|em|ar)|send\w*"
    r"|dinheiro|money|cash|internet|procur(?:e|em|ar)|reclam\w*|complain\w*|los(?:e|er|ers)"
    r"|engan\w*|ladr(?:ao|oes)|mentir\w*|liars?|thie(?:f|ves)|cheat\w*|roub\w*"
    r"|fals[oa]s?|fake\w*|frau\w*|golp\w*|scam\w*|stolen|steal\w*"
    r")\b"
)
"""Subjects that a text must not mention: a model knows nothing true about them."""

PAYMENT_PHRASES = (
    "próximos passos para o pagamento",
    "Próximos passos para o pagamento",
    "next steps for payment",
    "Next steps for payment",
)
"""All that a text may say about payment: the steps are added by code."""

CURRENCY = re.compile(
    r"[$€£¥₿]|\b(?:r\$|us\$|brl|usd|eur|reais|centavos?|dolar(?:es)?|dollars?|euros?|cents?|bucks)\b"
)
NUMBER_WORDS = re.compile(
    r"\b(?:dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|treze|quatorze|catorze"
    r"|quinze|dezesseis|dezessete|dezoito|dezenove|vinte|trinta|quarenta|cinquenta|sessenta|setenta"
    r"|oitenta|noventa|cem|cento|duzent\w+|trezent\w+|quatrocent\w+|quinhent\w+|seiscent\w+"
    r"|setecent\w+|oitocent\w+|novecent\w+|mil|milh(?:ao|oes|ares)|bilh(?:ao|oes)|duzias?|dezenas?"
    r"|centenas?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|hundreds?|thousands?|millions?|billions?|dozens?)\b"
)
DOMAIN_WORDS = re.compile(
    r"\b(?:ponto|dot)\s+(?:com|net|org|br|io|app|dev|gov|xyz)\b|\bwww\b|\bhttps?\b"
)

NEGATION = (
    r"\b(?:nao|nunca|jamais|sem|nenhum|nenhuma|ninguem|never|not|no|without|nobody|neither|nem)\b"
)
SALE = (
    r"\b(?:vendid\w+|vendeu|arremat\w+|venc(?:ed|eu|er)\w*|ganh(?:ou|ador\w*)|comprad\w+|comprou"
    r"|parabens|parabeniz\w+|congratulat\w+|sold|won|wins?|winners?|bought)\b"
)
NO_SALE = re.compile(NEGATION + r"(?:[^\w.!?\n]+\w+){0,2}?[^\w.!?\n]+" + SALE + r"|\bunsold\b")
SALES = re.compile(SALE)
WINNING = re.compile(rf"{SALE}|\b(?:lev(?:ou|a)|ficou|conquistou|took|takes|got|gets)\b")
"""Verbs of winning: only the winner may be their subject."""
OTHER_WINNER = re.compile(
    r"\b(?!(?:ele|ela|voce|isso|esta|este|he|she|you|this|that|it)\b)[a-z]+\s+(?:foi|e|era|was|is)"
    r"\s+(?:quem|who|(?:the|o|a)\s+(?:\w+\s+)?(?:vencedora?|winner))\b"
)
ANNULLED = re.compile(
    r"\b(?:cancel\w*|anulad\w*|anulou|annul\w*|void\w*|invalid\w*|desfeit\w*|suspens\w*|suspend\w*"
    r"|revert\w*|revog\w*|revoked?|desist\w*|devol\w*|renunci\w*|withdr\w*|gave\s+up"
    r"|provisori\w*|provisional\w*|pendente\w*|pending)\b"
)
RESULT_WORDS = re.compile(rf"(?:(?:{NEGATION}|{SALE}|{ANNULLED.pattern})\W*)+")
"""Words that state a result. A name made only of them is replaced: it could reverse the result."""
CANCELLING = re.compile(r"\bcancel\w*")
DENIAL = re.compile(NEGATION)
NO_BIDS = re.compile(
    r"\b(?:sem|nenhum|nao\s+recebeu|no|without)\s+(?:lances?|ofertas?|bids?|offers?)\b"
)
RESERVE = re.compile(r"\breserv\w*\b")
BUY_NOW = re.compile(r"\bcompra\s+imediata\b|\bbuy\W?now\b")
BY_SELLER = re.compile(
    r"\b(?:pel[oa]|d[oa])\s+(?:\w+\s+)?vendedor\w*|\bby\s+(?:the|its)\s+seller\b"
)
BY_ADMIN = re.compile(r"\badministra\w*")

EMOJI = "🎉🎊🏆🔨✨👏🥳🎂🍰🤝🙌🎈👋"
"""The emoji a text may have."""

COMMON_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
    a about abril admin after agora agosto agradecemos ainda ali all além an and another ao aos
    april após are arrematada arrematado arremate as assim at atenciosamente até auction
    auctioned auctions august be below best bid bidder bidders bidding bids boa boas bom bons
    brasília brazil by cancelada cancelado canceled cancelled cara caro closed closing com como
    confira congratulations cumprimentos da das de dear december depois desta destaque deste
    details detalhes dezembro disputa do domingo dos durante e ela ele em emocionante encerrada
    encerrado encerramento ended ends enjoy entre equipe essa esse esta este everyone february
    fevereiro fim final foi for foram friday from going gone good grande hello her here
    highlights his histórico horário house how i in inicial início is isso it item its janeiro
    january julho july june junho just já lance lances last leilão lot lote lots luck madam maio
    mais march martelo março may monday most motivo muito na nas next no nos not notícias nova
    november novembro novo number não o obrigada obrigado october of olá on opened opening os ou
    our outcome outubro over overview para parabéns participant participante participantes
    participants participação pela pelo perhaps ponto por prezada prezado prezados preço price
    primeiro próxima próximo próximos quando quarta que quem quinta reason regards relatório
    report reserva reserve result resultado resultados results resumo sale saturday segunda
    seller september setembro seu sexta sincerely sir sold sorte starting sua sucesso summary
    sunday sábado são também team terça thank thanks that the there they this thursday time
    timeline to toda todo total tuesday um uma unsold until valor value vencedor vencedora venda
    vendedor vendedora vendida vendido vitória você was we wednesday well were what when who
    whole will winner winning with won you your yours à às é
    """,
    )
)
"""Words that may begin with a capital anywhere without being a person's name."""
