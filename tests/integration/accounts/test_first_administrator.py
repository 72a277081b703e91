from urllib.parse import urlsplit

from engines.storefront import PASSWORD, House, new_email, new_person
from fakes.browser import Browser


def print_link(house: House) -> str:
    printed = house.command("admin-link", MARTELO_ENV="production")
    assert printed.returncode == 0, printed.stderr
    parts = urlsplit(printed.stdout.split()[-1])
    return f"{parts.path}?{parts.query}"


def key_of(link: str) -> str:
    return link.partition("chave=")[2].replace("%3A", ":")


def enter(house: House) -> Browser:
    browser = Browser(house.http, house.url)
    browser.get("/entrar")
    answer = browser.post("/entrar", email=new_person(house).email, password=PASSWORD)
    assert answer.status == 303
    return browser


def test_one_person_becomes_it_by_the_link(empty_pages: House) -> None:
    first_link, link = print_link(empty_pages), print_link(empty_pages)
    late = enter(empty_pages)
    assert late.get(first_link).status == 200
    stranger = Browser(empty_pages.http, empty_pages.url)
    assert stranger.get(link).headers["location"].startswith("/entrar?next=")
    stranger.get("/cadastro")
    stranger.post("/cadastro", email=new_email(), password=PASSWORD, name="Ana")

    assert stranger.get("/administracao/casa").status == 403
    assert stranger.get(link).status == 200
    done = stranger.post("/primeiro-administrador", chave=key_of(link))

    assert (done.status, done.headers["location"]) == (303, "/administracao/casa")
    assert stranger.get("/administracao/casa").status == 200
    assert late.post("/primeiro-administrador", chave=key_of(first_link)).status == 410
    assert late.get(first_link).status == 410
    assert late.get("/administracao/casa").status == 403
    again = empty_pages.command("admin-link", MARTELO_ENV="production")
    assert "has an administrator" in again.stdout
    assert "chave" not in again.stdout
    assert key_of(link) not in empty_pages.log.read_text()


def test_a_forged_link_makes_nobody_an_administrator(pages: House) -> None:
    browser = enter(pages)
    browser.get("/perfil")

    assert browser.post("/primeiro-administrador", chave="1:x").status == 410
    assert browser.get("/primeiro-administrador?chave=1:x").status == 410
    assert browser.get("/administracao/casa").status == 403
