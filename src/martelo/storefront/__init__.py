"""Django: every page, over the APIs of the contexts; serves the accounts API too."""
