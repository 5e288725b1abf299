"""The events of the pieces panel: look, look again after an upload, say what was read wrongly."""

from datetime import date
from typing import Any

import reflex as rx

from portal.contract.acts import Piece
from portal.contract.company import read_siren
from portal.contract.french import typeset
from portal.contract.refusal import Refusal
from portal.services.context import Role, Viewer
from portal.services.dossiers import own_dossier
from portal.services.forms import FormProblems, clean
from portal.services.limits import TooManyAttempts
from portal.services.papers import outdated_papers
from portal.services.piece_corrections import Correction
from portal.services.pieces import correct as correct_piece
from portal.web.client.pieces_view import PieceCard, piece_card
from portal.web.handlers import PersonalState, fields_of, of
from portal.web.running import portal
from portal.web.session import origin_of

_ANSWERS = {"oui": True, "non": False}
_LONGEST_NAME = 200


class PiecesState(PersonalState, rx.State):
    """What the panel shows; `errors` are by field and piece, « dated-kbis »."""

    contract: PieceCard = PieceCard()
    mandate: PieceCard = PieceCard()
    kbis: PieceCard = PieceCard()
    errors: dict[str, str] = {}

    @rx.event
    @of(Role.CLIENT)
    async def load(self, viewer: Viewer) -> Any:
        self.said = ""
        self.errors = {}
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def refresh(self, viewer: Viewer) -> Any:
        """Look again: a piece was sent, here or in another tab. What is being typed stays."""
        await self._show(viewer)

    @rx.event
    @of(Role.CLIENT)
    async def correct(self, viewer: Viewer, form: dict[str, Any]) -> Any:
        """Say what a version says; its id is looked up again with its owner."""
        self.said = ""
        self.errors = {}
        form = fields_of(form)
        try:
            correction = read_correction(form)
            version_id = clean(form.get("version", ""))
            await correct_piece(portal(), viewer, version_id, correction, origin_of(self))
        except FormProblems as problems:
            return self._wrong(form, problems.errors)
        except TooManyAttempts as attempts:
            first = next((name for name in ("dated", "signed") if name in form), "dated")
            return self._wrong(form, {first: typeset(f"{attempts.message} Rien n’est changé.")})
        self.said = typeset("C’est noté : nous lirons votre pièce avec ce que vous en dites.")
        await self._show(viewer)
        return None

    def _wrong(self, form: dict[str, Any], errors: dict[str, str]) -> Any:
        """Say what is wrong beside each field of the piece's form, and lead to the first."""
        piece = next((one for one in Piece if one.value == form.get("piece")), Piece.KBIS)
        self.errors = {f"{name}-{piece.value}": text for name, text in errors.items()}
        return rx.set_focus(next(iter(self.errors)))

    async def _show(self, viewer: Viewer) -> None:
        dossier = await own_dossier(portal(), viewer)
        outdated = await outdated_papers(portal(), dossier)
        self.contract = piece_card(dossier, Piece.CONTRACT, is_outdated=Piece.CONTRACT in outdated)
        self.mandate = piece_card(dossier, Piece.MANDATE, is_outdated=Piece.MANDATE in outdated)
        self.kbis = piece_card(dossier, Piece.KBIS)
        self.loaded = True


def read_correction(form: dict[str, Any]) -> Correction:
    """Read the small form of a version; raises `FormProblems`. A field that is not there changes nothing."""
    errors: dict[str, str] = {}
    dated: date | None = None
    siren: str | None = None
    if "dated" in form:
        try:
            dated = date.fromisoformat(clean(form["dated"]))
        except ValueError:
            errors["dated"] = typeset(
                "Indiquez le jour, le mois et l’année de la date « à jour au » imprimée sur l’extrait."
            )
    if typed := clean(form.get("siren", "")):
        try:
            siren = read_siren(typed)
        except Refusal as refusal:
            errors["siren"] = typeset(refusal.message)
    company = clean(form.get("company", ""))
    if len(company) > _LONGEST_NAME:
        errors["company"] = typeset(f"Le nom compte {_LONGEST_NAME} caractères au plus.")
    said = {name: _ANSWERS.get(clean(form.get(name, ""))) for name in ("signed", "own", "whole")}
    unclear = [name for name, answer in said.items() if name in form and answer is None]
    errors |= dict.fromkeys(unclear, typeset("Choisissez « oui » ou « non »."))
    if errors:
        raise FormProblems({}, errors)
    return Correction(dated=dated, siren=siren, company=company or None, **said)
