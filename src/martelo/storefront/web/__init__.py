"""What every page shares: middleware, layout, forms and their templates."""
