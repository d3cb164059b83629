"""The sample deployment: the file beside this one, and a unit for every other pack that ships."""

from collections.abc import Mapping
from pathlib import Path

from shared.deployment import Deployment, DeploymentFile, UnitSpec, deploy
from shared.people import Contact
from shared.policy.checking import stand_in
from shared.policy.library import Library
from shared.policy.pack import Pack
from shared.policy.source import read
from shared.policy.validation import validated

SAMPLE = Path(__file__).parent / "redress.yaml"


def sample(library: Library) -> Deployment:
    """The units of the file, then one of the same name for each pack that none of them runs. What a
    procedure lost is a placeholder there, as in the file."""
    source = read(SAMPLE)
    file = validated(DeploymentFile, source)
    run = {unit.pack for unit in file.units}
    others = (_unit(pack) for pack in library if pack.pack not in run)
    return deploy(file.model_copy(update={"units": (*file.units, *others)}), library, source)


def everybody(pack: Pack, domain: str) -> Mapping[str, tuple[Contact, ...]]:
    """For each role of a pack somebody at `domain`, with a mobile number of their own."""
    return {
        role: (Contact(name=role, email=f"{role}@{domain}", sms=f"+86139{n:08d}"),)
        for n, role in enumerate(pack.roles)
    }


def _unit(pack: Pack) -> UnitSpec:
    params = {name: stand_in(pack.params[name]) for name in pack.required_params()}
    people = dict(everybody(pack, "example.com"))
    return UnitSpec(id=pack.pack, title=pack.title, pack=pack.pack, params=params, people=people)
