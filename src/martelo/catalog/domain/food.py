"""What sellers declare of food; `None` is "not declared", never "free of"."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError

MAX_INGREDIENTS = 2_000
MAX_STORAGE = 200
MAX_SHELF_LIFE = 100
MAX_WEIGHT_G = 1_000_000
MAX_SERVINGS = 1_000


class Allergen(StrEnum):
    """The allergens that labels must name (Anvisa, RDC 727/2022)."""

    GLUTEN_CEREALS = "gluten_cereals"
    CRUSTACEANS = "crustaceans"
    EGGS = "eggs"
    FISH = "fish"
    PEANUT = "peanut"
    SOY = "soy"
    MILK = "milk"
    ALMOND = "almond"
    HAZELNUT = "hazelnut"
    CASHEW = "cashew"
    BRAZIL_NUT = "brazil_nut"
    MACADAMIA = "macadamia"
    WALNUT = "walnut"
    PECAN = "pecan"
    PISTACHIO = "pistachio"
    PINE_NUT = "pine_nut"
    CHESTNUT = "chestnut"
    LATEX = "latex"


class Declaration(StrEnum):
    """What a seller declares of gluten or lactose."""

    CONTAINS = "contains"
    FREE = "free"


GLUTEN = "gluten"
LACTOSE = "lactose"
AVOIDABLE = (GLUTEN, LACTOSE, *Allergen)
"""What a search can ask to be without."""


@dataclass(frozen=True, slots=True)
class Allergens:
    """The declared allergens; two empty lists declare that there are none."""

    contains: tuple[Allergen, ...] = ()
    may_contain: tuple[Allergen, ...] = ()


@dataclass(frozen=True, slots=True)
class FoodFacts:
    """What is declared of one product; `shelf_life` and `storage` are texts of the seller."""

    ingredients: str | None = None
    allergens: Allergens | None = None
    gluten: Declaration | None = None
    lactose: Declaration | None = None
    net_weight_g: int | None = None
    servings: int | None = None
    shelf_life: str | None = None
    storage: str | None = None


NOT_DECLARED = FoodFacts()


def declared_free(food: FoodFacts) -> frozenset[str]:
    """Return those of `AVOIDABLE` that the seller declares the product to be free of."""
    free = set[str]()
    if food.gluten is Declaration.FREE:
        free.add(GLUTEN)
    if food.lactose is Declaration.FREE:
        free.add(LACTOSE)
    if food.allergens is not None:
        free |= set(Allergen) - {*food.allergens.contains, *food.allergens.may_contain}
    return frozenset(free)


def food_faults(food: FoodFacts) -> Iterator[FieldError]:
    """Yield what is out of bounds or contradicts itself."""
    yield from _length_faults("ingredients", food.ingredients, MAX_INGREDIENTS)
    yield from _length_faults("shelf_life", food.shelf_life, MAX_SHELF_LIFE)
    yield from _length_faults("storage", food.storage, MAX_STORAGE)
    yield from _range_faults("net_weight_g", food.net_weight_g, MAX_WEIGHT_G)
    yield from _range_faults("servings", food.servings, MAX_SERVINGS)
    if food.allergens is None:
        return
    yield from _repetitions(food.allergens)
    present = (*food.allergens.contains, *food.allergens.may_contain)
    contains_only = {"choices": [Declaration.CONTAINS.value]}
    if food.gluten is Declaration.FREE and Allergen.GLUTEN_CEREALS in present:
        yield FieldError("food.gluten", FieldCode.NOT_A_CHOICE, contains_only)


def _repetitions(allergens: Allergens) -> Iterator[FieldError]:
    seen: Collection[Allergen] = ()
    for name, codes in (("contains", allergens.contains), ("may_contain", allergens.may_contain)):
        if len(set(codes)) < len(codes) or not set(codes).isdisjoint(seen):
            yield FieldError(f"food.allergens.{name}", FieldCode.DUPLICATE_VALUES)
        seen = codes


def _length_faults(name: str, text: str | None, maximum: int) -> Iterator[FieldError]:
    if text is not None and len(text) > maximum:
        yield FieldError(f"food.{name}", FieldCode.TOO_LONG, {"max": maximum})


def _range_faults(name: str, number: int | None, maximum: int) -> Iterator[FieldError]:
    if number is not None and not 1 <= number <= maximum:
        yield FieldError(f"food.{name}", FieldCode.OUT_OF_RANGE, {"min": 1, "max": maximum})
