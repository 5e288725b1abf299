"""Why a piece is refused, ready to be said: the code is kept, the words are what the client reads (CGV art. 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from portal.contract.acts import Piece


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """A reason: `label` is what staff choose, `text` and `remedy` what the client reads."""

    code: str
    label: str
    text: str
    remedy: str


_ILLEGIBLE = RefusalReason(
    "illegible",
    "Illisible",
    "Une partie du document ne se lit pas : image floue, sombre ou coupée.",
    "Numérisez-le de nouveau, à plat, en 150 points par pouce au moins, toutes marges visibles.",
)
_INCOMPLETE = RefusalReason(
    "incomplete",
    "Pages manquantes",
    "Il manque une ou plusieurs pages.",
    "Envoyez toutes les pages, dans un seul PDF ou en plusieurs photos.",
)
_UNSIGNED = RefusalReason(
    "unsigned",
    "Signature absente",
    "Le document n’est pas signé à l’endroit prévu.",
    "Signez-le dans le cadre, à la main ou avec un outil de signature, puis envoyez-le.",
)
_SIGNATORY = RefusalReason(
    "signatory",
    "Signataire différent",
    "La personne qui signe n’est pas celle que le document nomme, ou ne peut pas engager l’entreprise.",
    "Faites signer la personne nommée, ou changez le signataire à l’étape 1 et imprimez de nouveau.",
)
_ALTERED = RefusalReason(
    "altered",
    "Document modifié",
    "Le texte que nous avions préparé a été modifié, raturé ou complété.",
    "Imprimez de nouveau le document et signez-le sans rien y changer.",
)
_OUTDATED = RefusalReason(
    "outdated",
    "Ancienne impression",
    "Ce n’est pas la dernière impression : ce qu’elle dit a changé depuis.",
    "Téléchargez la dernière impression, signez-la et envoyez-la.",
)
_HOLDER = RefusalReason(
    "holder",
    "Titulaire du compte différent",
    "Le compte à prélever n’est pas au nom de l’entreprise.",
    "Indiquez un compte de l’entreprise à l’étape 2, imprimez de nouveau le mandat et signez-le.",
)
_COMPANY = RefusalReason(
    "company",
    "Autre entreprise",
    "Cet extrait n’est pas celui de l’entreprise qui souscrit.",
    "Envoyez l’extrait K-bis de l’entreprise dont le SIREN est celui de votre compte.",
)
_NOT_AN_EXTRACT = RefusalReason(
    "not_an_extract",
    "Pas un extrait K-bis",
    "Ce document n’est pas un extrait K-bis.",
    "Demandez un extrait K-bis au greffe ou sur le site du registre, et envoyez-le en entier.",
)
_DATE = RefusalReason(
    "date",
    "Date de l’extrait",
    "La date « à jour au » n’est pas celle qui a été indiquée, ou elle ne se lit pas.",
    "Envoyez un extrait K-bis de moins de trois mois dont la date se lit.",
)
_OTHER = RefusalReason("other", "Autre motif", "", "Corrigez ce point, puis envoyez de nouveau la pièce.")

READY_REASONS: Final[Mapping[Piece, tuple[RefusalReason, ...]]] = MappingProxyType(
    {
        Piece.CONTRACT: (_UNSIGNED, _SIGNATORY, _INCOMPLETE, _ILLEGIBLE, _ALTERED, _OUTDATED, _OTHER),
        Piece.MANDATE: (_UNSIGNED, _HOLDER, _SIGNATORY, _INCOMPLETE, _ILLEGIBLE, _ALTERED, _OUTDATED, _OTHER),
        Piece.KBIS: (_COMPANY, _DATE, _NOT_AN_EXTRACT, _INCOMPLETE, _ILLEGIBLE, _OTHER),
    }
)
_BY_CODE = MappingProxyType({one.code: one for reasons in READY_REASONS.values() for one in reasons})


def reason_of(code: str) -> RefusalReason:
    """Return the reason of a code; one that is in words is its own text."""
    return _BY_CODE.get(code) or RefusalReason(code, code, code, _OTHER.remedy)


def as_read(code: str, remark: str) -> str:
    """Return what the client reads: the reason, what staff added, the remedy."""
    reason = reason_of(code)
    return " ".join(part for part in (reason.text, remark.strip(), reason.remedy) if part)
