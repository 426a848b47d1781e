"""`make bench`: what a call costs, beside the least that any program could cost."""
