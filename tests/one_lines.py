"""Texts of one line, as people write them and as they must not be, for every field that has one."""

GOOD_LINES = [
    "A",
    "Ana Souza",
    "李",
    "O'Brien-Núñez",
    "👩‍🍳 Doces",
    "Bolo 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "Ana \U0001fae9",
    "שלום",
    "ทุเรียน",
    "e" + "\u0316" * 8,
]
BAD_LINES = [
    "a\x00b",
    "a\nb",
    "a\x7fb",
    "a\u2028b",
    "a\u2029b",
    "a\u2066b",
    "a\u200eb",
    "R$ \u202e00,001",
    "\u200b",
    "\u200d\u0301",
    "\u3164",
    "\u2800",
    "\u00ad",
    "\U000e0001",
    "e" + "\u0316" * 9,
    "e" + "\u0316\u200d" * 5,
    "Z" + "\u0353" * 80,
]
