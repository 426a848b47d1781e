"""What the reference says of each action, and the test that shows it."""
