"""Measurements, not tests: `make bench` runs them and prints what they saw."""
