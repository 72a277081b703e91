"""Writers: by template, and by a language model whose every text passes the guard."""
