"""Words that people in Brazil choose as passwords, with digits and signs around them."""

_TEXT = """
abacaxi amoeterno amorzinho americamineiro aniversario atletico atleticomineiro bahia benfica
bomdia botafogo brasil brasileiro brasilia cachorro cachorrinho carnaval casamento chocolate
corinthians coritiba cruzeiro curitiba deus deusefiel deusnocomando deusteama estrela estrelinha
euamojesus euamovoce euteamo familia felicidade figueirense flamengo floripa fluminense
fortaleza futebol gatinha gatinho gremio guarani internacional internet jesus jesuscristo
jesusteama leiloes leilao lindinha maringa martelo meuamor minhasenha minhavida mudar mudarsenha
namorada namorado obrigado palmeiras pamonha paodequeijo paralelepipedo pernambuco pontepreta
portugal princesa querosene qwertyuiop riodejaneiro salvador santoscampeao saopaulo
saopaulofc saudade segredo senha senhaforte senhasegura senhasenha sportclub teamo teamodemais
trabalho vasco vascodagama verdao vidaloka vitoria voceeu
"""

WORDS = frozenset(_TEXT.split())
"""In small letters without accents."""
