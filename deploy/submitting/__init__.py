"""Hands complaints in from files: reads rows, sends them, counts the answers."""
