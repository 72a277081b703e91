"""Texts for people: error texts, money, instants, message catalogues."""
