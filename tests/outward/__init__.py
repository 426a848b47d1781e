"""Asking web servers, over HTTP to one of our own."""
