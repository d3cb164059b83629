"""The HTTP APIs as schemathesis sees them: whatever fits or breaks their documents, never a 5xx.

`REDRESS_TEST_EXAMPLES` says how many requests for each operation: half of them fit its document.
"""

import asyncio
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.bad_input.house import house, play, sample_deployment
from tests.parts.mongo import Mongo
from tests.parts.ports import LOOPBACK, free_port
from tests.parts.waiting import until

MANY = int(os.environ.get("REDRESS_TEST_EXAMPLES", "200")) // 2
Case = schemathesis.Case[Any]
NAMES = ("intake", "reporting", "notify")
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
KNOWN: dict[str, Any] = {
    "unit": "auto",
    "pack": "auto-dealer-service",
    "kind": "complaint",
    "channel": "phone",
    "category": None,
    "milestone": "registered",
    "fields": {},
}
"""What a random document would hardly ever say."""
often = settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass
class Served:
    """The services over real HTTP, on a thread of their own; some weeks of complaints are in them."""

    mongo: Mongo
    folder: Path
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in NAMES})
    ready: threading.Event = field(default_factory=threading.Event)
    servers: list[uvicorn.Server] = field(default_factory=list)
    complaint: str = ""

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        async with house(self.mongo, sample_deployment(self.folder)) as here:
            await play(here)
            found = await here.intake.get("/v1/complaints?unit=auto&limit=1")
            self.complaint = found.json()["items"][0]["id"]
            for name, port in self.ports.items():
                app = here.world.services[name].app
                config = uvicorn.Config(app, LOOPBACK, port, log_config=None, lifespan="off", ws="none")
                self.servers.append(uvicorn.Server(config))
            serving = [asyncio.create_task(server._serve()) for server in self.servers]
            await until(lambda: all(server.started for server in self.servers))
            self.ready.set()
            await asyncio.gather(*serving)
            await here.forget()

    def name_what_is_there(self, case: Case) -> None:
        """Lead the request past the first door: a complaint that exists, a channel that is known."""
        if "complaint_id" in case.path_parameters:
            case.path_parameters["complaint_id"] = self.complaint
        if isinstance(case.body, dict):
            case.body |= {name: value for name, value in KNOWN.items() if name in case.body}

    def schema(self, name: str) -> schemathesis.BaseSchema:
        return schemathesis.openapi.from_url(f"http://{LOOPBACK}:{self.ports[name]}/v1/openapi.json")


@pytest.fixture(scope="module")
def served(mongo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(Mongo(mongo_url, f"t{os.getpid()}_apis_"), tmp_path_factory.mktemp("apis"))
    thread = threading.Thread(target=served.run)
    thread.start()
    assert served.ready.wait(60)
    yield served
    for server in served.servers:
        server.should_exit = True
    thread.join(30)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
def test_no_request_breaks_it(name: str, served: Served) -> None:
    schema = served.schema(name)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == len(list(schema.get_all_operations()))
    for operation in operations:
        for mode in schemathesis.GenerationMode:

            @often
            @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
            def answered(case: Case, known: bool) -> None:
                if known:
                    served.name_what_is_there(case)
                case.call_and_validate(checks=CHECKED, timeout=30)

            try:
                answered()
            except Unsatisfiable:  # an operation that takes nothing cannot be asked wrongly
                assert mode is schemathesis.GenerationMode.NEGATIVE
