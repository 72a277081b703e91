from hypothesis import given
from hypothesis import strategies as st

from martelo.auctions.main.asyncapi import load_asyncapi
from martelo.storefront.reference.messages import Speaker, describe_messages

NAMES = (
    *("$ref", "channels", "operations", "messages", "channel", "reply", "action", "payload"),
    *("components", "examples", "properties", "type", "address", "live", "info", "title"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner | st.sampled_from(["#/", "#/channels/live", "#/components", "receive", "object"]),
            max_size=5,
        )
    ),
    max_leaves=30,
)


class TestDescribeMessages:
    def test_shows_every_message_of_the_live_feed_and_who_says_it(self) -> None:
        document = load_asyncapi()

        [channel] = describe_messages("live", document).channels

        assert (channel.address, channel.title) == ("/live", "The live feed")
        assert [each.speaker for each in channel.operations] == [
            Speaker.CLIENT,
            Speaker.ANSWER,
            Speaker.HOUSE,
        ]
        shown = {each.name: each for one in channel.operations for each in one.messages}
        messages = document["components"]["messages"]
        assert {name: each.summary for name, each in shown.items()} == {
            name: each["summary"] for name, each in messages.items()
        }
        assert all(each.rows for each in shown.values())

    def test_shows_fields_and_an_example(self) -> None:
        [channel] = describe_messages("live", load_asyncapi()).channels

        bid = next(each for each in channel.operations[0].messages if each.name == "bid")

        assert bid.anchor == "live-bid"
        assert {row.name: row.is_required for row in bid.rows} == {
            "op": True,
            "ref": True,
            "key": False,
            "auction_id": True,
            "amount": False,
            "max_amount": False,
            "confirm_amount": False,
        }
        assert bid.rows[0].kind == "“bid”"
        assert bid.example.startswith('{"op":"bid"')

    @given(JSON)
    def test_survives_any_document(self, document: object) -> None:
        if isinstance(document, dict):
            describe_messages("x", document)
