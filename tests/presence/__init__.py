"""The lamps: what telephones show each other."""
