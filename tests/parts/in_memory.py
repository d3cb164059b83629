"""Packs that stand nowhere but in a test, and units that run them."""

from shared.deployment import Deployment, DeploymentFile, UnitSpec, deploy
from shared.policy.library import Library
from shared.policy.pack import Pack
from shared.policy.source import Source, parse
from shared.policy.validation import validated


class InMemory(Library):
    """Knows these packs by the names of their files, such as `small` or `small@0.9.0`."""

    def __init__(self, **texts: str) -> None:
        super().__init__()
        for name, text in texts.items():
            source = parse(text, f"{name}.yaml")
            self._read[name] = (source, validated(Pack, source))


def units(library: Library, *specs: UnitSpec) -> Deployment:
    return deploy(DeploymentFile(units=specs), library, Source("redress.yaml", {}, {}))
