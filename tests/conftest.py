"""The real parts that tests may ask for: `rabbit`, `mongo`."""

pytest_plugins = ["tests.parts.rabbit", "tests.parts.mongo"]
