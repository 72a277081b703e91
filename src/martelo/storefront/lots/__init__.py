"""Home and the lists of lots: searched, filtered, in order."""
