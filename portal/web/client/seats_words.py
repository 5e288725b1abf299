"""What is asked before a change of the users, and what is said once it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never

from portal.contract.french import count, typeset
from portal.services.seats import Add, Deed, OfUser, Replace, Wish
from portal.web.components.shapes import Why


@dataclass(frozen=True, slots=True)
class Question:
    """What is about to be confirmed: whom it is about, what it does besides its price, what is ticked."""

    name: str = ""
    title: str = ""
    text: str = ""
    consent: str = ""
    label: str = ""
    is_grave: bool = False
    why: Why = field(default_factory=Why)


_GRAVE: Final = frozenset({"remove", "suspend", "relieve"})
DONE: Final[Mapping[Deed, str]] = {
    "register": "inscription rétablie.",
    "remove": "retrait fait ; son accès est fermé.",
    "suspend": "accès suspendu.",
    "restore": "accès rétabli.",
    "name": "administration confiée ; l’invitation part par e-mail.",
    "relieve": "administration retirée ; la personne reste utilisatrice.",
}
_OF_USER: Final[Mapping[Deed, tuple[str, str, str, str]]] = {
    "register": (
        "Inscrire de nouveau {}",
        "La même personne, le même mois : elle n’est comptée qu’une fois. Son accès se rouvre aussitôt.",
        "Oui, cette personne utilise EXANERGY CRM",
        "Inscrire de nouveau",
    ),
    "remove": (
        "Retirer {}",
        (
            "Son accès se ferme aussitôt et ses données restent. Une personne inscrite à un moment du mois en doit la "
            "redevance entière : le mois commencé n’est pas rendu (CGV, article 10.1)."
        ),
        "Oui, cette personne n’utilise plus EXANERGY CRM",
        "Retirer cette personne",
    ),
    "suspend": (
        "Suspendre l’accès de {}",
        "Son accès se ferme, sa place reste à elle et reste due : suspendre n’économise rien (CGV, article 10.1).",
        "Oui, son accès est suspendu jusqu’à nouvel ordre",
        "Suspendre l’accès",
    ),
    "restore": (
        "Rétablir l’accès de {}",
        "Son accès se rouvre aussitôt. Sa place n’a pas cessé d’être due.",
        "Oui, cette personne utilise de nouveau EXANERGY CRM",
        "Rétablir l’accès",
    ),
    "name": (
        "Désigner {} administrateur",
        (
            "Cette personne pourra tout faire dans cet espace : ajouter et retirer des utilisateurs, commander, lire les "
            "factures. Elle reçoit un lien, valable sept jours, pour choisir son mot de passe."
        ),
        "Oui, cette personne peut agir au nom de l’entreprise",
        "Désigner et inviter",
    ),
    "relieve": (
        "Retirer l’administration à {}",
        (
            "Cette personne reste utilisatrice d’EXANERGY CRM, mais n’entre plus dans cet espace : ses sessions se ferment "
            "aussitôt."
        ),
        "Oui, cette personne n’agit plus au nom de l’entreprise",
        "Retirer l’administration",
    ),
}


def question(wish: Wish, names: Mapping[str, str]) -> Question:
    """Return the question about a wish; `names` are those shown, by person."""
    match wish:
        case Add(users):
            people = count(len(users), "personne")
            name = f"{users[0].first_name} {users[0].last_name}" if len(users) == 1 else people
            return Question(
                name=name,
                title=typeset(f"Ajouter {name}"),
                text="Chaque personne reçoit son invitation et travaille sous son propre nom.",
                consent=typeset(
                    "Oui, j’ajoute ces personnes" if len(users) > 1 else "Oui, j’ajoute cette personne"
                ),
                label="Ajouter et inviter",
            )
        case Replace(person_id, by):
            leaving, coming = names.get(person_id, ""), f"{by.first_name} {by.last_name}"
            return Question(
                name=leaving,
                title=typeset(f"Remplacer {leaving} par {coming}"),
                text=typeset(
                    "L’un part, l’autre arrive, et le minimum tient. Ce mois-ci, les deux personnes comptent "
                    "(CGV, article 10.1)."
                ),
                consent="Oui, je remplace cette personne",
                label="Remplacer",
                is_grave=True,
            )
        case OfUser(deed, person_id):
            name = names.get(person_id, "cette personne")
            title, text, consent, label = _OF_USER[deed]
            return Question(name, typeset(title.format(name)), typeset(text), consent, label, deed in _GRAVE)
        case _:
            assert_never(wish)
