"""The section of the evidence file, for any page of a client's; that page's first event loads `EvidenceState.load` too."""

from typing import Any

import reflex as rx

from portal.contract.french import typeset
from portal.web.client.evidence_state import EvidenceState
from portal.web.components.anchors import plain_link

EVIDENCE: Any = EvidenceState


def evidence_panel() -> rx.Component:
    """Draw the section: the file, and the hash to compare it with."""
    return rx.el.section(
        rx.el.h2("La preuve de votre contrat", id="preuve"),
        rx.el.p(
            typeset(
                "Tout ce que nous gardons de votre contrat en un ZIP : chaque événement, ce que vous avez accepté, les "
                "pièces, les factures, les lettres et les e-mails. Un petit programme y est joint : sans nous et sans "
                "connexion, il dit si un seul octet a été modifié."
            )
        ),
        rx.cond(
            EVIDENCE.loaded,
            rx.fragment(
                rx.cond(
                    EVIDENCE.administers,
                    rx.el.p(
                        plain_link(
                            "Télécharger la preuve de mon contrat (ZIP)", "/espace/preuves.zip", download=""
                        )
                    ),
                    rx.el.p("Ce fichier est réservé aux administrateurs du contrat.", class_name="soft"),
                ),
                rx.el.p(EVIDENCE.events, id="tete"),
                rx.el.code(EVIDENCE.head, class_name="shown-once", tab_index=0, aria_labelledby="tete"),
                rx.el.p(
                    typeset(
                        "Elle engage tous les événements d’avant. Gardez-la de votre côté : comparée à celle d’un "
                        "fichier de preuve, elle montre qu’il n’a pas été refait."
                    ),
                    class_name="soft",
                ),
            ),
        ),
        aria_labelledby="preuve",
        class_name="task",
    )
