"""Where someone who has just signed in goes: where she wanted to, if that is hers to see, else to her own space."""

import re

from portal.services.context import Role, Viewer
from portal.services.sign_in import has_started
from portal.web.running import portal

CONDITIONS = "/essai/conditions"
_SPACES = {Role.CLIENT: "/espace", Role.STAFF: "/gestion"}
_REACHABLE = {Role.CLIENT: ("/espace", CONDITIONS), Role.STAFF: ("/gestion", "/espace/compte")}
# A path of ours and nothing else: no scheme, no host, no backslash, nothing encoded, no « // ».
_PATH = re.compile(r"(?:/[a-z0-9-]+)+(?:\?[a-zA-Z0-9=&_-]*)?")


async def destination(viewer: Viewer, wanted: str) -> str:
    """Return the address to go to; `wanted` is what the browser said, and not trusted."""
    if is_reachable(viewer.role, wanted):
        return wanted
    if viewer.role is Role.CLIENT and not await has_started(portal(), viewer):
        return CONDITIONS
    return _SPACES[viewer.role]


def is_reachable(role: Role, wanted: str) -> bool:
    """Tell whether an address is one of our own pages that this role may see."""
    path = wanted.partition("?")[0]
    return bool(_PATH.fullmatch(wanted)) and any(
        path == one or path.startswith(f"{one}/") for one in _REACHABLE[role]
    )
