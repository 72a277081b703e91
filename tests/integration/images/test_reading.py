import json

import pytest

from engines.images import AGENT_KEY, ANA, AUCTIONS_KEY, BRUNO, Images
from fakes import pictures

FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def image_id(images: Images) -> str:
    return images.keep(pictures.encoded(pictures.plain(600, 300)))


class TestMedia:
    @pytest.mark.parametrize("suffix", ["", "-thumb"])
    def test_may_be_kept_for_ever_and_does_nothing(
        self, images: Images, image_id: str, suffix: str
    ) -> None:
        answer = images.get(f"/media/{image_id}{suffix}.webp")

        assert answer.status == 200
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["cache-control"] == FOREVER
        assert answer.headers["etag"] == f'"{image_id}{suffix}"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert int(answer.headers["content-length"]) == len(answer.body)

    def test_is_not_sent_to_who_has_it(self, images: Images, image_id: str) -> None:
        answer = images.get(f"/media/{image_id}.webp", If_None_Match=f'"{image_id}"')

        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["cache-control"] == FOREVER

    def test_is_described_to_who_asks_for_the_head(self, images: Images, image_id: str) -> None:
        whole = images.get(f"/media/{image_id}.webp")

        head = images.send("HEAD", f"/media/{image_id}.webp")

        assert (head.status, head.body) == (200, b"")
        for name in ("content-length", "etag", "cache-control"):
            assert head.headers[name] == whole.headers[name]

    @pytest.mark.parametrize(
        "name",
        [f"{'0' * 40}.webp", f"{'0' * 40}-thumb.webp", "x.webp", "x", "..%2f..%2fetc%2fpasswd"],
    )
    def test_is_a_problem_where_there_is_none(self, images: Images, name: str) -> None:
        answer = images.get(f"/media/{name}")

        assert answer.status == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"


class TestInternalImages:
    def test_tells_whose_pictures_are(self, images: Images, image_id: str) -> None:
        brunos = images.keep(pictures.encoded(pictures.plain(9, 9)), by=BRUNO)
        unknown = "f" * 40

        answer = images.get(
            f"/internal/images?ids={image_id},{brunos},{unknown},no-id", X_API_Key=AUCTIONS_KEY
        )

        items = {each["id"]: each for each in json.loads(answer.body)["items"]}
        assert items.keys() == {image_id, brunos}
        assert items[brunos]["owner_id"] == BRUNO
        assert items[image_id] == {
            "id": image_id,
            "owner_id": ANA,
            "url": f"/media/{image_id}.webp",
            "thumbnail_url": f"/media/{image_id}-thumb.webp",
            "width": 600,
            "height": 300,
        }

    @pytest.mark.parametrize("query", ["", "?ids=", "?ids=" + ",".join(["a"] * 101)])
    def test_refuses_none_and_too_many(self, images: Images, query: str) -> None:
        assert images.get(f"/internal/images{query}", X_API_Key=AUCTIONS_KEY).status == 400

    @pytest.mark.parametrize(
        ("key", "status"),
        [("", 401), ("svc_auctions_guess", 401), ("mk_x_y", 401), (AGENT_KEY, 403)],
    )
    def test_is_for_services_that_may(self, images: Images, key: str, status: int) -> None:
        assert images.get("/internal/images?ids=a", X_API_Key=key).status == status


class TestProcess:
    def test_tells_health_metrics_and_its_contract(self, images: Images) -> None:
        assert images.get("/healthz").status == 200
        assert images.get("/readyz").status == 200
        assert b'route="/media/<name>"' in images.get("/metrics").body
        assert "/api/images" in json.loads(images.get("/openapi.json").body)["paths"]

    def test_prints_its_contract(self, images: Images) -> None:
        assert json.loads(images.command("openapi").stdout)["openapi"] == "3.1.0"

    def test_migrates_again_without_harm(self, images: Images, image_id: str) -> None:
        assert images.command("migrate").returncode == 0

        assert images.get(f"/media/{image_id}.webp").status == 200
