import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Gauge

from engines.discord import TOKEN, Discord, answering, faults_of
from engines.ports import free_port
from fakes.ends import POST
from martelo.agent.adapters.delivery.discord import (
    DiscordWebhook,
    fit,
    payload_of,
    utf16_length,
    webhook_closed,
)
from martelo.agent.domain.effects import DeliveryOutcome
from martelo.agent.domain.frozen import Post, PostRow
from martelo.runtime.http.client import HttpClient, open_client

LONGEST = Post(
    title="*" * 300,
    description="\N{GRINNING FACE}" * 5_000,
    link="https://leiloes.example/leiloes/07-a",
    rows=tuple(PostRow("_" * 300, "\N{GRINNING FACE}" * 700) for _ in range(30)),
    footer="\N{GRINNING FACE}" * 2_000,
)


def new_gauge() -> Gauge:
    return webhook_closed(CollectorRegistry())


@pytest.fixture
def discord() -> Iterator[Discord]:
    with answering(Discord()) as answered:
        yield answered


@pytest.fixture
def http() -> Iterator[HttpClient]:
    client = open_client(connect_timeout_s=20, read_timeout_s=20)
    yield client
    client.close()


@pytest.fixture
def webhook(discord: Discord, http: HttpClient) -> DiscordWebhook:
    return DiscordWebhook(discord.url, http, new_gauge())


class TestPost:
    def test_is_one_embed_that_mentions_nobody(
        self, discord: Discord, webhook: DiscordWebhook
    ) -> None:
        post = Post("@everyone <@42>", "[x](http://mal.example) **a**", POST.link, (), "f")

        assert webhook.post(post).outcome is DeliveryOutcome.DONE

        (saved,) = discord.posts
        assert saved["allowed_mentions"] == {"parse": []}
        assert "content" not in saved
        (embed,) = saved["embeds"]
        assert embed["title"] == "\\@everyone \\<\\@42\\>"
        assert embed["description"].startswith("\\[x\\]\\(http\\://mal\\.example\\)")

    @pytest.mark.parametrize(
        ("fault", "outcome", "saved"),
        [
            ("503", DeliveryOutcome.NOT_SENT, 0),
            ("429", DeliveryOutcome.POSTPONED, 0),
            ("500", DeliveryOutcome.MAYBE, 1),
            ("drop", DeliveryOutcome.MAYBE, 1),
        ],
    )
    def test_knows_sure_from_maybe(
        self,
        discord: Discord,
        webhook: DiscordWebhook,
        fault: str,
        outcome: DeliveryOutcome,
        saved: int,
    ) -> None:
        discord.fault = lambda: fault

        sending = webhook.post(POST)

        assert (sending.outcome, len(discord.posts)) == (outcome, saved)
        assert TOKEN not in sending.note

    def test_is_sure_where_there_is_no_connection(self, http: HttpClient) -> None:
        nowhere = DiscordWebhook(f"http://127.0.0.1:{free_port()}/x", http, new_gauge())

        assert nowhere.post(POST).outcome is DeliveryOutcome.NOT_SENT

    def test_waits_as_long_as_the_answer_asks_without_sending_again(
        self, discord: Discord, http: HttpClient
    ) -> None:
        now_s = 100.0
        webhook = DiscordWebhook(discord.url, http, new_gauge(), clock=lambda: now_s)
        discord.fault = lambda: "429"

        first, second = webhook.post(POST), webhook.post(POST)
        now_s += 0.31
        discord.fault = lambda: None
        third = webhook.post(POST)

        assert (first.wait_s, discord.answered) == (0.3, [429, 200])
        assert second.wait_s is not None
        assert 0 < second.wait_s <= 0.3
        assert third.outcome is DeliveryOutcome.DONE

    def test_gives_the_webhook_up_where_it_is_gone(
        self, discord: Discord, webhook: DiscordWebhook
    ) -> None:
        discord.is_gone = True

        sendings = [webhook.post(POST) for _ in range(5)]

        assert {sending.outcome for sending in sendings} == {DeliveryOutcome.POSTPONED}
        assert discord.answered == [404]

    def test_a_message_that_is_refused_for_itself_is_not_sent_again(
        self, discord: Discord, webhook: DiscordWebhook, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("engines.discord.TITLE", 3)

        assert webhook.post(POST).outcome is DeliveryOutcome.NEVER
        assert discord.posts == []

    def test_keeps_every_limit_whatever_the_post_holds(
        self, discord: Discord, webhook: DiscordWebhook
    ) -> None:
        assert webhook.post(LONGEST).outcome is DeliveryOutcome.DONE
        assert len(discord.posts) == 1


class TestFit:
    @pytest.mark.parametrize("limit", [1, 2, 7, 256])
    def test_cuts_between_signs_and_never_after_a_backslash(self, limit: int) -> None:
        for text in ("*" * 500, "\N{GRINNING FACE}" * 500, "a*" * 500):
            cut = fit(text, limit)

            assert utf16_length(cut) <= limit
            assert not cut.removesuffix("…").endswith("\\")
            assert cut.encode("utf-16-le").decode("utf-16-le") == cut


def _lengthen(*path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(post: dict[str, Any]) -> None:
        place: Any = post
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = "x" * 5_000

    return change


BROKEN: dict[str, Callable[[dict[str, Any]], None]] = {
    "content": _lengthen("content"),
    "title": _lengthen("embeds", 0, "title"),
    "description": _lengthen("embeds", 0, "description"),
    "footer": _lengthen("embeds", 0, "footer", "text"),
    "field name": _lengthen("embeds", 0, "fields", 0, "name"),
    "field value": _lengthen("embeds", 0, "fields", 0, "value"),
    "empty field": lambda post: post["embeds"][0]["fields"][0].update(value=""),
    "fields": lambda post: post["embeds"][0].update(fields=[{"name": "a", "value": "b"}] * 26),
    "embeds": lambda post: post.update(embeds=post["embeds"] * 11),
    "in all": lambda post: post.update(
        embeds=[{**post["embeds"][0], "description": "x" * 4_000}] * 2
    ),
    "empty": lambda post: post.update(embeds=[]),
}


class TestTheStandIn:
    @pytest.mark.parametrize("limit", BROKEN)
    def test_notices_each_limit_that_is_broken(self, limit: str) -> None:
        post = payload_of(POST)
        assert faults_of(post) == []
        broken = copy.deepcopy(post)

        BROKEN[limit](broken)

        assert limit in faults_of(broken)
