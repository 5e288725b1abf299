"""Keeping what a client types of her subscription: the company, who signs, the account to collect from (CGV art. 8)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.acts import Piece
from portal.contract.refusal import Refusal
from portal.contract.state import Relationship, State
from portal.payments.accounts import masked, read_account
from portal.records.tables import companies, dossiers
from portal.records.upserts import insert_once
from portal.services.context import Origin, Portal, Viewer
from portal.services.dossier_forms import AccountForm, Subscription
from portal.services.dossiers import bound_to_account, may_change, own_history
from portal.services.journal import note_own_act
from portal.services.keys import keys_of

_COMPANY = ("legal_name", "legal_form", "street", "postcode", "city")
_EMPTY: Mapping[str, Any] = MappingProxyType(
    {
        "capital": "",
        "rcs_city": "",
        "vat_number": "",
        "signatory_name": "",
        "signatory_capacity": "",
        "users": 0,
        "options": {},
        "holder": "",
        "iban_hint": "",
        "bic": "",
        "bank_name": "",
    }
)
_CARRIED_BY = MappingProxyType({Piece.CONTRACT: "contrat", Piece.MANDATE: "mandat"})


async def save_subscription(portal: Portal, viewer: Viewer, wished: Subscription, origin: Origin) -> None:
    """Keep the company, who signs, how many users and which options; raises `Refusal` once it is signed."""

    async def work(connection: AsyncConnection) -> None:
        opened = await own_history(portal, connection, viewer)
        _must_be_open(opened.state, Piece.CONTRACT)
        await connection.execute(
            sa.update(companies)
            .where(companies.c.id == viewer.tenant)
            .values(**wished.form.model_dump(include=set(_COMPANY)))
        )
        await _keep(
            portal,
            connection,
            opened.contract_id,
            **wished.form.model_dump(exclude=set(_COMPANY)),
            options=dict(wished.options),
        )
        await note_own_act(portal, connection, viewer, "dossier_saved", origin, company_id=viewer.tenant)

    await portal.transact(work)


async def save_account(portal: Portal, viewer: Viewer, form: AccountForm, origin: Origin) -> None:
    """Keep the account to collect from, its number encrypted; raises `Refusal` once its mandate is accepted.

    In a contract in force, the account that its next mandate will name (art. 10.2).
    """
    account = read_account(form.iban)

    async def work(connection: AsyncConnection) -> None:
        opened = await own_history(portal, connection, viewer)
        if opened.state.relationship is not Relationship.ACTIVE:
            _must_be_open(opened.state, Piece.MANDATE)
        sealed = keys_of(portal.settings).seal(
            account.iban.encode(), bound_to=bound_to_account(opened.contract_id)
        )
        await _keep(
            portal,
            connection,
            opened.contract_id,
            holder=form.holder,
            iban=sealed,
            iban_hint=masked(account.iban),
            bic=account.bic or form.bic,
            bank_name=account.bank_name,
        )
        await note_own_act(portal, connection, viewer, "account_saved", origin, company_id=viewer.tenant)

    await portal.transact(work)


def _must_be_open(state: State, piece: Piece) -> None:
    """Raise `Refusal` where the paper that carries these facts is accepted, or nothing can come of them."""
    if state.relationship is Relationship.LAPSED:
        raise Refusal(
            "data_destroyed",
            clause="5.1",
            message=(
                "Les données de cet essai sont détruites. Souscrivez de nouveau depuis la page « La fin de votre contrat », "
                "ou écrivez-nous."
            ),
        )
    if state.relationship is Relationship.ENDED:
        raise Refusal(
            "contract_over",
            clause="9",
            message=(
                "Ce contrat est terminé : il ne change plus. Souscrivez de nouveau depuis la page « La fin de votre "
                "contrat », ou écrivez-nous."
            ),
        )
    if not may_change(state, piece):
        raise Refusal(
            "dossier_accepted",
            clause="8",
            message=(
                f"Nous avons accepté votre {_CARRIED_BY[piece]} signé : ce qu’il dit ne change plus ici. "
                "Écrivez-nous si une information est devenue fausse."
            ),
        )


async def _keep(portal: Portal, connection: AsyncConnection, contract_id: str, **values: object) -> None:
    now = portal.now()
    await insert_once(connection, dossiers, contract_id=contract_id, updated_at=now, **_EMPTY)
    await connection.execute(
        sa.update(dossiers).where(dossiers.c.contract_id == contract_id).values(updated_at=now, **values)
    )
