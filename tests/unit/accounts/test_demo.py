import pytest

from martelo.demo.domain import catalogue
from martelo.stack import demo_access


@pytest.mark.usefixtures("world")
class TestNames:
    def test_are_those_of_the_launcher_and_of_the_demo(self) -> None:
        # Django must be set up before its models can be imported.
        from martelo.accounts import demo  # noqa: PLC0415

        assert set(demo_access.ENTRANTS) == {demo.ADMINISTRATOR, *demo.PEOPLE}
        assert demo_access.ENTRANTS[0] == demo.ADMINISTRATOR
        assert demo_access.PASSWORD == demo.PASSWORD == catalogue.PASSWORD
        assert set(demo.BIDDERS) == set(catalogue.PEOPLE)
