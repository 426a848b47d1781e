"""Tests of what is needed to run it in earnest."""
