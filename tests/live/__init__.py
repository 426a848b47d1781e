"""Real calls: one Asterisk under test, and a second one that plays its telephones."""
