"""The sections of a policy pack, one module each."""
