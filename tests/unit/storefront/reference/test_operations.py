import pytest
from hypothesis import given
from hypothesis import strategies as st

from martelo.accounts.api.openapi import load_openapi
from martelo.storefront.reference.operations import METHODS, describe
from martelo.storefront.reference.schemas import Row

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "$ref",
                    "type",
                    "properties",
                    "items",
                    "allOf",
                    "oneOf",
                    "enum",
                    "const",
                    "paths",
                    "get",
                    "post",
                    "/x",
                    "responses",
                    "200",
                    "content",
                    "schema",
                    "parameters",
                    "requestBody",
                    "application/json",
                    "tags",
                    "name",
                    "required",
                    "info",
                ]
            ),
            inner | st.sampled_from(["#/", "#/paths", "#/info", "array", "object"]),
            max_size=5,
        )
    ),
    max_leaves=30,
)


class TestDescribe:
    def test_shows_every_operation_of_our_own_contract(self) -> None:
        document = load_openapi()
        paths = document["paths"]
        assert isinstance(paths, dict)

        shown = [
            (each.method.lower(), each.path)
            for group in describe("accounts", document).groups
            for each in group.operations
        ]

        declared = [
            (method, path) for path, item in paths.items() for method in METHODS if method in item
        ]
        assert sorted(shown) == sorted(declared)

    def test_shows_bodies_field_by_field(self) -> None:
        reference = describe("accounts", load_openapi())
        register = reference.groups[0].operations[0]

        assert register.body is not None
        assert register.body.kind == "Registration"
        assert [(row.name, row.kind, row.is_required) for row in register.body.rows] == [
            ("email", "string", True),
            ("password", "string", True),
            ("name", "string", True),
            ("terms_version", "integer", False),
        ]
        assert "≥ 10 characters" in register.body.rows[1].description

    def test_merges_what_is_combined_and_indents_what_is_inside(self) -> None:
        schema = {
            "allOf": [
                {"$ref": "#/components/schemas/Base"},
                {
                    "properties": {
                        "bids": {"type": "array", "items": {"$ref": "#/components/schemas/Bid"}}
                    }
                },
            ]
        }
        content = {"application/json": {"schema": schema}}
        document = {
            "paths": {"/a": {"get": {"responses": {"200": {"content": content}}}}},
            "components": {
                "schemas": {
                    "Base": {"properties": {"id": {"type": ["string", "null"]}}},
                    "Bid": {"type": "object", "properties": {"amount": {"type": "string"}}},
                }
            },
        }

        shape = describe("x", document).groups[0].operations[0].answers[0].shape

        assert shape is not None
        assert shape.rows == [
            Row("id", "string | null", is_required=False, description=""),
            Row("bids", "array of object", is_required=False, description=""),
            Row("amount", "string", is_required=False, description="", depth=1),
        ]

    def test_survives_a_schema_inside_itself(self) -> None:
        document = {
            "paths": {
                "/a": {
                    "post": {
                        "requestBody": {
                            "content": {"application/json": {"schema": {"$ref": "#/x"}}}
                        }
                    }
                }
            },
            "x": {
                "properties": {"again": {"$ref": "#/x"}, "list": {"$ref": "#/y"}},
                "allOf": [{"$ref": "#/x"}],
            },
            "y": {"type": "array", "items": {"$ref": "#/y"}},
        }

        assert describe("x", document).groups

    @given(JSON)
    def test_survives_any_document(self, document: object) -> None:
        if isinstance(document, dict):
            describe("x", document)

    @pytest.mark.parametrize("reference", ["#/nowhere", "other.yaml#/x", "#/components/~1"])
    def test_leaves_out_what_a_reference_does_not_find(self, reference: str) -> None:
        document = {"paths": {"/a": {"get": {"parameters": [{"$ref": reference}]}}}}

        assert describe("x", document).groups[0].operations[0].parameters[0].name == ""
