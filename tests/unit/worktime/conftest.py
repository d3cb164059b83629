"""Laying out a year for the first time may be slow on a busy machine; the laws are about results."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
