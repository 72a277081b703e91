import pytest

from engines.storefront import AGENT_KEY, House, json_of, new_person
from fakes.browser import Browser
from integration.accounts.test_entry import enter

PAGE = "/administracao/casa"
TYPED = {
    "name": " Casa de Leilões ",
    "sender_name": "Leilões",
    "language": "en",
    "tone": "plain",
    "winner_naming": "masked",
    "who_may_sell": "approved",
    "posts_unsold": "1",
    "posts_cancelled": "1",
}


@pytest.fixture
def administrator(pages: House, browser: Browser) -> str:
    """Return the id of an administrator, who is signed in to a house nobody changed."""
    pages.query("DELETE FROM accounts_housesettings")
    person = new_person(pages)
    assert pages.command("admin", person.email).returncode == 0
    enter(browser, person.email, going_to=PAGE)
    return person.account_id


class TestSettings:
    def test_are_stored_and_sent_to_the_agent(
        self, pages: House, browser: Browser, administrator: str
    ) -> None:
        browser.get(PAGE)
        assert 'id="field-posts_sold" checked' in browser.text

        answer = browser.post(PAGE, **TYPED)

        assert (answer.status, answer.headers["location"]) == (303, PAGE)
        browser.get(PAGE)
        assert 'value="Casa de Leilões"' in browser.text
        assert 'value="masked" selected' in browser.text
        answer = pages.send("GET", "/internal/house", headers={"X-API-Key": AGENT_KEY})
        assert json_of(answer) == {
            "name": "Casa de Leilões",
            "sender_name": "Leilões",
            "language": "en",
            "tone": "plain",
            "winner_naming": "masked",
            "posts": ["unsold", "cancelled"],
            "imprint": [],
        }
        kept = pages.query("SELECT changed_by FROM accounts_housesettings")
        assert [str(by) for (by,) in kept] == [administrator]

    @pytest.mark.usefixtures("administrator")
    def test_of_whom_they_were_changed_by_the_log_tells(
        self, pages: House, browser: Browser
    ) -> None:
        browser.get(PAGE)
        browser.post(PAGE, **TYPED)

        assert "house-changed" in pages.log.read_text()
        assert pages.query("SELECT count(*) FROM accounts_auditentry")[0][0] > 0

    @pytest.mark.usefixtures("administrator")
    def test_at_fault_change_nothing(self, pages: House, browser: Browser) -> None:
        before = pages.query("SELECT * FROM accounts_housesettings")
        browser.get(PAGE)

        answer = browser.post(PAGE, **{**TYPED, "tone": "loud"})

        assert answer.status == 400
        assert pages.query("SELECT * FROM accounts_housesettings") == before
