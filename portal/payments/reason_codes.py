"""Why a bank sends a collection back (ISO 20022, as the EPC uses them), and what follows of it."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Following(StrEnum):
    """What is done about a collection that came back."""

    REPRESENT = "represent"
    ASK_ACCOUNT = "ask_account"
    BLOCK_MANDATE = "block_mandate"
    WRITE = "write"
    LOOK = "look"


# What staff read of it.
FOLLOWINGS: Final = MappingProxyType(
    {
        Following.REPRESENT: "à représenter, quand le compte sera approvisionné",
        Following.ASK_ACCOUNT: "un autre compte est demandé au client : plus rien n’est prélevé sur celui-ci",
        Following.BLOCK_MANDATE: "le mandat est bloqué : plus rien n’est prélevé avant un nouveau mandat signé",
        Following.WRITE: "le client est prévenu ; voyez avec lui avant de représenter",
        Following.LOOK: "à examiner : le défaut vient de notre fichier, de nos réglages ou d’une banque",
    }
)


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """A reason: its code, what it means in French, what follows."""

    code: str
    meaning: str
    following: Following

    @property
    def stops_the_mandate(self) -> bool:
        """Tell whether nothing may be collected any more under the mandate."""
        return self.following in {Following.BLOCK_MANDATE, Following.ASK_ACCOUNT}


_REASONS: Final = (
    ("AC01", "l’IBAN est faux", Following.ASK_ACCOUNT),
    ("AC04", "le compte est clos", Following.ASK_ACCOUNT),
    ("AC06", "le compte est bloqué", Following.ASK_ACCOUNT),
    ("AC13", "le compte est celui d’un particulier", Following.LOOK),
    ("AG01", "ce compte n’admet pas de prélèvement", Following.ASK_ACCOUNT),
    ("AG02", "le code de l’opération est faux", Following.LOOK),
    ("AM04", "la provision est insuffisante", Following.REPRESENT),
    ("AM05", "la banque y voit un doublon", Following.LOOK),
    ("BE05", "l’identifiant créancier (ICS) n’est pas reconnu", Following.LOOK),
    ("CNOR", "notre banque n’est pas jointe par celle du client", Following.LOOK),
    ("DNOR", "la banque du client n’est pas jointe par les prélèvements SEPA", Following.ASK_ACCOUNT),
    ("DT01", "la date du prélèvement n’est pas admise", Following.LOOK),
    ("ED05", "le règlement entre banques a échoué", Following.REPRESENT),
    ("FF01", "le format du fichier n’est pas admis", Following.LOOK),
    ("FF05", "le type de prélèvement n’est pas admis", Following.LOOK),
    ("FOCR", "le prélèvement est rendu à notre demande", Following.LOOK),
    ("MD01", "le client n’a donné aucun mandat, dit sa banque", Following.BLOCK_MANDATE),
    ("MD02", "une donnée du mandat manque ou est fausse", Following.LOOK),
    ("MD06", "le client conteste le prélèvement et se fait rembourser", Following.WRITE),
    ("MD07", "le titulaire du compte est décédé", Following.ASK_ACCOUNT),
    ("MS02", "le client a refusé le prélèvement", Following.WRITE),
    ("MS03", "la banque ne donne pas de motif", Following.WRITE),
    ("RC01", "le BIC est faux", Following.ASK_ACCOUNT),
    ("RR01", "le compte du client manque, pour un motif réglementaire", Following.LOOK),
    ("RR02", "le nom ou l’adresse du client manque, pour un motif réglementaire", Following.LOOK),
    ("RR03", "notre nom ou notre adresse manque, pour un motif réglementaire", Following.LOOK),
    ("RR04", "un motif réglementaire, que la banque ne précise pas", Following.LOOK),
    ("SL01", "le client a demandé à sa banque de limiter ou d’écarter nos prélèvements", Following.WRITE),
    ("TM01", "le fichier est arrivé trop tard à la banque", Following.REPRESENT),
)

RETURN_REASONS: Final = MappingProxyType(
    {code: ReturnReason(code, meaning, following) for code, meaning, following in _REASONS}
)


def return_reason(code: str) -> ReturnReason:
    """Return what a code means; one that is not listed is looked at by a person."""
    if known := RETURN_REASONS.get(code.strip().upper()):
        return known
    said = (
        f"un motif que le portail ne connaît pas (« {code} »)" if code.strip() else "aucun motif n’est donné"
    )
    return ReturnReason(code.strip(), said, Following.LOOK)
