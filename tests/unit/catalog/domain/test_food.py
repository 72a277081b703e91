import pytest

from martelo.catalog.domain.food import (
    AVOIDABLE,
    NOT_DECLARED,
    Allergen,
    Allergens,
    Declaration,
    FoodFacts,
    declared_free,
    food_faults,
)
from martelo.kernel.field_codes import FieldCode


class TestDeclaredFree:
    def test_of_what_is_not_declared_is_nothing(self) -> None:
        assert declared_free(NOT_DECLARED) == frozenset()

    def test_of_empty_lists_is_every_allergen(self) -> None:
        assert declared_free(FoodFacts(allergens=Allergens())) == frozenset(Allergen)

    def test_leaves_out_what_it_contains_or_may_contain(self) -> None:
        food = FoodFacts(
            allergens=Allergens(contains=(Allergen.MILK,), may_contain=(Allergen.PEANUT,)),
            gluten=Declaration.FREE,
            lactose=Declaration.CONTAINS,
        )

        assert set(AVOIDABLE) - declared_free(food) == {"milk", "peanut", "lactose"}


class TestFaults:
    def test_are_none_where_nothing_or_everything_is_declared(self) -> None:
        full = FoodFacts(
            ingredients="farinha, ovos",
            allergens=Allergens((Allergen.EGGS,), (Allergen.SOY,)),
            gluten=Declaration.CONTAINS,
            lactose=Declaration.FREE,
            net_weight_g=500,
            servings=8,
            shelf_life="3 dias",
            storage="na geladeira",
        )

        assert [*food_faults(NOT_DECLARED), *food_faults(full)] == []

    @pytest.mark.parametrize(
        ("food", "field", "code"),
        [
            (
                FoodFacts(allergens=Allergens((Allergen.EGGS,), (Allergen.EGGS,))),
                "food.allergens.may_contain",
                FieldCode.DUPLICATE_VALUES,
            ),
            (
                FoodFacts(allergens=Allergens((Allergen.EGGS, Allergen.EGGS))),
                "food.allergens.contains",
                FieldCode.DUPLICATE_VALUES,
            ),
            (
                FoodFacts(
                    allergens=Allergens((), (Allergen.GLUTEN_CEREALS,)), gluten=Declaration.FREE
                ),
                "food.gluten",
                FieldCode.NOT_A_CHOICE,
            ),
            (FoodFacts(ingredients="a" * 2_001), "food.ingredients", FieldCode.TOO_LONG),
            (FoodFacts(shelf_life="a" * 101), "food.shelf_life", FieldCode.TOO_LONG),
            (FoodFacts(storage="a" * 201), "food.storage", FieldCode.TOO_LONG),
            (FoodFacts(net_weight_g=0), "food.net_weight_g", FieldCode.OUT_OF_RANGE),
            (FoodFacts(servings=1_001), "food.servings", FieldCode.OUT_OF_RANGE),
        ],
    )
    def test_name_the_field(self, food: FoodFacts, field: str, code: FieldCode) -> None:
        assert [(fault.field, fault.code) for fault in food_faults(food)] == [(field, code)]
