"""`GET /v1/units`: what a submitter may name: units, kinds, channels, categories, fields."""

from typing import Any

from fastapi import APIRouter

from shared.deployment import Deployment, Unit
from shared.policy.references import category_paths


def routes(deployment: Deployment) -> APIRouter:
    """The units of this deployment, in the order of its file. Nothing here changes while it runs."""
    router = APIRouter(prefix="/v1")
    shown = {"units": [_shown(unit) for unit in deployment]}

    @router.get("/units")
    async def units() -> dict[str, Any]:
        return shown

    return router


def _shown(unit: Unit) -> dict[str, Any]:
    pack, intake = unit.pack.pack, unit.pack.pack.intake
    return {
        "id": unit.id,
        "title": unit.spec.title.model_dump(),
        "pack": pack.pack,
        "pack_version": pack.version,
        "kinds": [{"id": id_, "title": title.model_dump()} for id_, title in intake.kinds.items()],
        "channels": [
            {"id": id_, "title": c.title.model_dump(), "formal": c.formal}
            for id_, c in intake.channels.items()
        ],
        "categories": list(category_paths(intake.categories)),
        "required": list(intake.required),
        "fields": {
            name: {
                "type": f.type,
                "title": f.title.model_dump(),
                "required": f.required,
                "choices": list(f.choices),
            }
            for name, f in intake.fields.items()
        },
        "milestones": {name: m.title.model_dump() for name, m in pack.every_milestone.items()},
    }
