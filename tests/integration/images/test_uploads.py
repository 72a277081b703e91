import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engines.images import ANA, BRUNO, Images, prepare_images
from engines.postgresql import PostgresqlServer
from engines.rate_limits import ask_until_refused
from fakes import pictures
from fakes.neighbours import Neighbours
from martelo.runtime.http.client import HttpResponse

MIB = 1024 * 1024


def body_of(answer: HttpResponse) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer.body)
    return body


def slug_of(answer: HttpResponse) -> tuple[int, str]:
    """Return status and slug of a problem, having checked that it is one."""
    body = body_of(answer)
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == answer.status
    assert body["instance"] == answer.headers["x-request-id"]
    return answer.status, str(body["type"]).removeprefix("/problems/")


class TestUpload:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_answers_where_the_picture_is(self, images: Images, kind: str) -> None:
        answer = images.upload(
            pictures.encoded(pictures.plain(1000, 500), kind), kind=f"image/{kind.lower()}"
        )

        body = body_of(answer)
        image_id = body["image_id"]
        assert answer.status == 201
        assert answer.headers["location"] == f"/media/{image_id}.webp"
        assert body == {
            "image_id": image_id,
            "url": f"/media/{image_id}.webp",
            "thumbnail_url": f"/media/{image_id}-thumb.webp",
            "width": 1000,
            "height": 500,
        }
        for url, size in ((body["url"], (1000, 500)), (body["thumbnail_url"], (480, 240))):
            kept = images.get(url)
            assert kept.headers["content-type"] == "image/webp"
            assert pictures.opened(kept.body).size == size

    def test_goes_by_the_content_and_not_by_its_name(self, images: Images) -> None:
        data = pictures.encoded(pictures.plain(), "PNG")

        assert images.upload(data, kind="image/jpeg; charset=binary").status == 201

    def test_keeps_no_place(self, images: Images) -> None:
        image_id = images.keep(pictures.jpeg_with_place(orientation=6))

        for name in (f"{image_id}.webp", f"{image_id}-thumb.webp"):
            kept = images.get(f"/media/{name}").body
            assert pictures.GPS_MARK not in kept
            assert b"EXIF" not in kept
            assert pictures.opened(kept).size == (32, 64)

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(b"\0" * 100_000, id="zeros"),
            pytest.param(pictures.SVG, id="svg"),
            pytest.param(pictures.HTML_AS_PNG, id="html with a PNG's start"),
            pytest.param(pictures.GIF_AND_SCRIPT, id="gif and script"),
            pytest.param(pictures.encoded(pictures.plain(), "GIF"), id="gif"),
            pytest.param(pictures.encoded(pictures.plain(), "TIFF"), id="tiff"),
            pytest.param(pictures.encoded(pictures.plain(), "PNG")[:60], id="cut off"),
            pytest.param(pictures.png_header(4000, 4000), id="header only"),
            pytest.param(pictures.png_with_text_bomb(), id="text bomb"),
            pytest.param(b"%PDF-1.7", id="pdf"),
        ],
    )
    def test_refuses_what_is_no_picture(self, images: Images, data: bytes) -> None:
        before = images.count_rows("picture")

        assert slug_of(images.upload(data, kind="image/png")) == (400, "not-a-picture")
        assert images.count_rows("picture") == before

    def test_leaves_behind_what_stands_behind_a_picture(self, images: Images) -> None:
        data = pictures.encoded(pictures.plain(70, 50), "JPEG") + pictures.HTML_BEHIND

        image_id = images.keep(data)

        assert b"script" not in images.get(f"/media/{image_id}.webp").body

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(pictures.png_header(8_000, 5_001), id="one row too many"),
            pytest.param(pictures.png_bomb(30_000, 30_000), id="bomb"),
            pytest.param(pictures.jpeg_header(65_500, 65_500), id="jpeg"),
            pytest.param(pictures.webp_header(2**24, 2**24), id="webp"),
            pytest.param(bytes(15 * MIB + 1), id="bytes"),
        ],
    )
    def test_refuses_what_is_too_large(self, images: Images, data: bytes) -> None:
        answer = images.upload(data)

        assert slug_of(answer) == (413, "too-large")
        assert body_of(answer)["max_bytes"] == 15 * MIB
        assert body_of(answer)["max_pixels"] == 40_000_000

    @pytest.mark.parametrize(
        "kind", ["image/jpg", "image/gif", "image/*", "application/octet-stream"]
    )
    def test_judges_by_the_content(self, images: Images, kind: str) -> None:
        data = pictures.encoded(pictures.plain())

        assert images.upload(data, kind=kind).status == 201
        assert slug_of(images.upload(b"<svg/>", kind=kind)) == (400, "not-a-picture")

    @pytest.mark.parametrize(
        "kind",
        ["text/html", "application/json", "multipart/form-data"],
    )
    def test_refuses_another_announcement(self, images: Images, kind: str) -> None:
        data = pictures.encoded(pictures.plain())

        assert slug_of(images.upload(data, kind=kind)) == (415, "wrong-media-type")

    def test_is_for_those_who_signed_in(self, images: Images) -> None:
        data = pictures.encoded(pictures.plain())

        assert slug_of(images.upload(data, by=None)) == (401, "not-signed-in")
        forged = {"Authorization": "Bearer e30.e30.e30"}
        assert slug_of(images.upload(data, by=None, headers=forged)) == (401, "not-signed-in")

    def test_takes_the_oddest_pictures(self, images: Images) -> None:
        odd = [
            pictures.encoded(Image.new("CMYK", (40, 40)), "JPEG"),
            pictures.encoded(Image.new("I;16", (40, 40), 500)),
            pictures.encoded(Image.new("LA", (40, 40), (9, 9))),
            pictures.encoded(Image.new("P", (40, 40)), transparency=0),
            pictures.encoded(Image.new("1", (40, 40))),
            pictures.encoded(pictures.plain(40_000, 1)),
            pictures.animation("WEBP"),
            pictures.animation("PNG"),
        ]

        for data in odd:
            assert images.upload(data).status == 201

    def test_stays_within_its_memory_whatever_comes_at_once(self, images: Images) -> None:
        worst = pictures.encoded(pictures.plain(8_000, 5_000), "WEBP", method=0)
        before = images.resident_bytes()
        images.upload(worst)

        with ThreadPoolExecutor(8) as senders:
            sent = [senders.submit(images.upload, worst) for _ in range(8)]
            peak = before
            while not all(each.done() for each in sent):
                peak = max(peak, images.resident_bytes())
            statuses = {each.result().status for each in sent}

        assert peak - before < 900 * MIB
        assert images.resident_bytes() - before < 150 * MIB
        assert statuses <= {201, 503}
        assert 201 in statuses


class TestIdempotency:
    def test_gives_the_same_answer_to_the_same_key(self, images: Images) -> None:
        data = pictures.encoded(pictures.plain(11, 12))
        first = images.upload(data, key="one")

        second = images.upload(data, key="one")

        assert (first.status, second.status) == (201, 201)
        assert first.body == second.body
        assert "idempotent-replay" not in first.headers
        assert second.headers["idempotent-replay"] == "true"

    def test_refuses_the_key_with_another_picture(self, images: Images) -> None:
        images.upload(pictures.encoded(pictures.plain(11, 12)), key="two")

        again = images.upload(pictures.encoded(pictures.plain(12, 11)), key="two")

        assert slug_of(again) == (422, "idempotency-key-reused")

    def test_remembers_no_refusal(self, images: Images) -> None:
        assert images.upload(b"nothing", key="three").status == 400

        assert images.upload(pictures.encoded(pictures.plain(5, 6)), key="three").status == 201

    def test_refuses_a_malformed_key(self, images: Images) -> None:
        data = pictures.encoded(pictures.plain())

        assert slug_of(images.upload(data, key="k" * 65)) == (400, "invalid-idempotency-key")

    def test_holds_for_one_account(self, images: Images) -> None:
        first, second = (
            pictures.encoded(pictures.plain(7, 8)),
            pictures.encoded(pictures.plain(8, 7)),
        )

        assert images.upload(first, by=ANA, key="four").status == 201
        assert images.upload(second, by=BRUNO, key="four").status == 201

    def test_keeps_one_picture_of_many_at_once(self, images: Images) -> None:
        data = pictures.encoded(pictures.plain(21, 22))
        before = images.count_rows("picture"), images.count_rows("upload")

        with ThreadPoolExecutor(4) as senders:
            sent = [senders.submit(images.upload, data, key="five") for _ in range(4)]
            answers = [each.result() for each in sent]

        assert {answer.status for answer in answers} == {201}
        assert len({answer.body for answer in answers}) == 1
        assert images.count_rows("picture") == before[0] + 1
        assert images.count_rows("upload") == before[1] + 1

    def test_knows_a_picture_again_without_a_key(self, images: Images) -> None:
        data = pictures.encoded(pictures.plain(31, 32))

        assert images.keep(data) == images.keep(data)
        assert images.keep(data, by=BRUNO) != images.keep(data)


class TestRateLimit:
    def test_lets_thirty_through_and_says_when_to_come_again(
        self, postgresql: PostgresqlServer, neighbours: Neighbours, tmp_path: Path
    ) -> None:
        limited = prepare_images(postgresql, neighbours, tmp_path, MARTELO_RATE_LIMITS="on")
        data = pictures.encoded(pictures.plain(2, 2))
        try:
            limited.start()

            *passed, refused = ask_until_refused(
                lambda _: limited.upload(data), burst=30, per_minute=30
            )

            assert {answer.status for answer in passed} == {201}
            assert slug_of(refused) == (429, "rate-limited")
            assert int(refused.headers["retry-after"]) >= 1
            assert limited.upload(data, by=BRUNO).status == 201
        finally:
            limited.stop()


class TestBreakdowns:
    def test_says_so_without_its_database_and_comes_back(
        self, postgresql: PostgresqlServer, images: Images
    ) -> None:
        image_id = images.keep(pictures.encoded(pictures.plain(3, 4)))
        postgresql.stop()
        try:
            upload = images.upload(pictures.encoded(pictures.plain(4, 3)))
            read = images.get(f"/media/{image_id}.webp")
            ready = images.get("/readyz")
        finally:
            postgresql.start()

        assert slug_of(upload) == slug_of(read) == (503, "images-unavailable")
        assert upload.headers["retry-after"] == "2"
        assert (ready.status, body_of(ready)["store"]) == (200, "down")
        assert images.get(f"/media/{image_id}.webp").status == 200
        assert body_of(images.get("/readyz"))["store"] == "ok"
