"""The real parts that tests may ask for: `rabbit`, `mongo`; examples may take as long as they need."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.parts.rabbit", "tests.parts.mongo"]

settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
