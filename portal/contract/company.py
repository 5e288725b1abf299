"""Who the client is: the SIREN, checked before anything rests on it (art. 8)."""

import re

from stdnum.fr import siren as siren_check
from stdnum.fr import siret as siret_check

from portal.contract.french import NARROW, NBSP
from portal.contract.refusal import Refusal

_SIREN_LENGTH = 9
_SIRET_LENGTH = 14
_SEPARATORS = re.compile(r"[\s.\-\u00a0\u202f]")


def read_siren(typed: str) -> str:
    """Return the nine digits of a SIREN as a person typed it (spaces, dots and dashes are fine).

    Raises `Refusal` `siren_invalid` with what is wrong and how to mend it; a SIRET (14 digits) is
    recognised, and its SIREN proposed.
    """
    digits = _SEPARATORS.sub("", typed)
    if not digits:
        raise _refused("Indiquez le SIREN de votre entreprise : neuf chiffres, sur votre extrait K-bis.")
    if not (digits.isascii() and digits.isdigit()):
        raise _refused("Un SIREN ne contient que des chiffres : retirez les lettres et les symboles.")
    if len(digits) == _SIRET_LENGTH:
        siren = digits[:_SIREN_LENGTH]
        if siret_check.is_valid(digits):
            raise _refused(
                f"C’est un SIRET (14{NBSP}chiffres). Le SIREN en est le début : {in_groups(siren)}."
            )
        raise _refused(
            f"Quatorze chiffres forment un SIRET, et celui-ci n’est pas valable. "
            f"Indiquez seulement les neuf chiffres du SIREN ; vérifiez {in_groups(siren)}."
        )
    if len(digits) != _SIREN_LENGTH:
        plural = "s" if len(digits) > 1 else ""
        raise _refused(
            f"Un SIREN compte neuf chiffres ; vous en avez saisi {len(digits)}. "
            f"Comparez le{plural} chiffre{plural} avec votre extrait K-bis."
        )
    if not siren_check.is_valid(digits):
        raise _refused(
            f"Le SIREN {in_groups(digits)} n’existe pas : sa clé de contrôle est fausse. "
            "Un chiffre est sans doute mal recopié."
        )
    return digits


def in_groups(siren: str) -> str:
    """Return « 732 829 320 », with narrow no-break spaces."""
    return NARROW.join((siren[:3], siren[3:6], siren[6:]))


def _refused(message: str) -> Refusal:
    return Refusal("siren_invalid", clause="8", message=message)
