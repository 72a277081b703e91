"""The catalog: products, their categories, food facts and stock."""
