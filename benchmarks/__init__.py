"""Benchmarks: how fast each part is, measured in a way that anyone can repeat with `make bench`."""
