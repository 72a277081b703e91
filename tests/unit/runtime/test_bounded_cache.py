from martelo.runtime.bounded_cache import BoundedCache


class TestBoundedCache:
    def test_lets_go_of_the_entry_unused_for_longest(self) -> None:
        cache = BoundedCache[int](2)
        cache.put("a", 1)
        cache.put("b", 2)
        cache.get("a")

        cache.put("c", 3)

        assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)
        assert len(cache) == 2

    def test_forgets_on_demand(self) -> None:
        cache = BoundedCache[int](2)
        cache.put("a", 1)
        cache.put("b", 2)

        cache.drop("a")
        cache.drop("never there")

        assert cache.get("a") is None
        cache.clear()
        assert len(cache) == 0
