"""Mechanism, contracts and the pack language that the five services have in common; never a decision."""
