"""FastAGI: the protocol over real sockets, its scripts, and calls that go back."""
