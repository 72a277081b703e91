"""Writers: a template, and a language model whose texts must pass the guard."""
