"""Every kind of line that the services write in the journal is said in French wherever the journal is read."""

import ast
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import portal.services
from portal.services.journal import Entry
from portal.services.journal_words import SENTENCES, sentence_of
from tests.services.noticed import plain

FOLDER = Path(portal.services.__file__).parent
WRITERS = {"note", "note_own_act"}


def kinds_written() -> set[str]:
    """Return the kinds given as literals to what writes in the journal."""
    calls = (
        node
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS
    )
    given = (
        value
        for call in calls
        for value in (*call.args, *(one.value for one in call.keywords if one.arg == "kind"))
    )
    return {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_kind_of_line_has_its_sentence() -> None:
    written = kinds_written()
    assert "collection_presented_again" in written
    assert written - set(SENTENCES) == set()


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("piece_taken", {"piece": "kbis", "version": "v"}, "L’extrait K-bis a été téléchargé."),
        ("piece_refused", {"piece": "mandate"}, "Le mandat SEPA signé a été refusé."),
        ("piece_corrected", {"piece": "kbis"}, "Ce qui a été lu de l’extrait K-bis a été corrigé."),
        ("piece_corrected", {"piece": "mandate"}, "Ce qui a été lu du mandat SEPA signé a été corrigé."),
        ("piece_corrected", {"piece": "contract"}, "Ce qui a été lu du contrat signé a été corrigé."),
        ("piece_sent", {}, "Une pièce du dossier a été envoyée."),
        (
            "transfer_recorded",
            {"received_on": "2026-03-03"},
            "Le virement du premier mois, reçu le mardi 3 mars 2026, a été enregistré.",
        ),
        ("signed_out", {}, "Déconnexion."),
    ],
)
def test_a_line_says_what_it_is_about(kind: str, details: dict[str, str], said: str) -> None:
    entry = Entry(datetime(2026, 3, 3, tzinfo=UTC), kind, "nina", "Nina Roy", details, "192.0.2.7")
    assert plain(sentence_of(entry)) == f"{said} Depuis 192.0.2.7."
    assert plain(sentence_of(replace(entry, ip=""))) == said
