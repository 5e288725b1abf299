"""Recovery codes: for the day the authenticator is lost, each good once.

A code is 120 random bits derived from the id of its row with the portal's key; its SHA-256 is kept. So its
owner may read the codes again for a few minutes after they were made, and nobody ever finds them stored.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.records.access_tables import recovery_codes
from portal.services.context import Portal
from portal.services.keys import Keys, fingerprint, keys_of

COUNT = 10
# Without i, l, o and u, which are taken for others.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH, _GROUP = 24, 6
_READABLE_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Codes:
    """How many are left, and, just after they were made, what they are."""

    left: int
    readable: tuple[str, ...]


async def make(portal: Portal, connection: AsyncConnection, person_id: str) -> None:
    """Make new codes; those of before are worth nothing any more."""
    keys = keys_of(portal.settings)
    await forget(connection, person_id)
    await connection.execute(
        sa.insert(recovery_codes),
        [
            {
                "id": code_id,
                "person_id": person_id,
                "code_hash": fingerprint(_letters(keys, code_id)),
                "made_at": portal.machine_now(),
            }
            for code_id in (str(uuid.uuid4()) for _ in range(COUNT))
        ],
    )


async def forget(connection: AsyncConnection, person_id: str) -> None:
    await connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.person_id == person_id))


async def codes_of(portal: Portal, connection: AsyncConnection, person_id: str) -> Codes:
    """Return a person's codes: for her own page, and nowhere else."""
    rows = (
        await connection.execute(
            sa.select(recovery_codes.c.id, recovery_codes.c.made_at)
            .where(recovery_codes.c.person_id == person_id, recovery_codes.c.used_at.is_(None))
            .order_by(recovery_codes.c.id)
        )
    ).all()
    keys, earliest = keys_of(portal.settings), portal.machine_now() - _READABLE_FOR
    return Codes(
        len(rows), tuple(_in_groups(_letters(keys, row.id)) for row in rows if row.made_at > earliest)
    )


async def take(connection: AsyncConnection, person_id: str, typed: str, at: datetime) -> bool:
    """Use up the code that was typed, however it was spaced; of many at once one succeeds."""
    letters = "".join(one for one in typed[:200].casefold() if one in _ALPHABET)
    taken = await connection.execute(
        sa.update(recovery_codes)
        .where(
            recovery_codes.c.code_hash == fingerprint(letters),
            recovery_codes.c.person_id == person_id,
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return taken.rowcount == 1


def _letters(keys: Keys, code_id: str) -> str:
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in keys.digest("recovery", code_id)[:_LENGTH])


def _in_groups(letters: str) -> str:
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))
