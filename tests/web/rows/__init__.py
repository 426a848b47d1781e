"""What the reference of the API says, row by row, and the test that shows it."""
