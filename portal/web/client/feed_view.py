"""What the section of the calendar feed says: whether there is a link, since when, and whether a program reads it."""

from dataclasses import dataclass
from typing import Literal

from portal.contract.french import full_instant, typeset
from portal.services.feeds import Feed

Wish = Literal["", "replace", "revoke"]


@dataclass(frozen=True, slots=True)
class FeedView:
    """The link as it stands: when it was made, when it was read last ("" never); `why_not` says why there is none."""

    is_made: bool = False
    made: str = ""
    read: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class FeedQuestion:
    """What is asked before a link ends."""

    title: str = ""
    effect: str = ""
    consent: str = ""
    label: str = ""
    is_grave: bool = False


def feed_view(feed: Feed | None, *, administers: bool) -> FeedView:
    """Return the section of a viewer, an administrator of the contract or not."""
    if not administers:
        return FeedView(
            why_not=typeset(
                "Ce lien est réservé aux administrateurs du contrat (CGV, article 2). Le fichier d’agenda, lui, se "
                "télécharge depuis votre espace."
            )
        )
    if feed is None:
        return FeedView()
    return FeedView(
        is_made=True,
        made=full_instant(feed.made_at),
        read=full_instant(feed.read_at) if feed.read_at else "",
    )


QUESTIONS: dict[Wish, FeedQuestion] = {
    "replace": FeedQuestion(
        title="Remplacer le lien d’agenda",
        effect=typeset(
            "L’ancien lien ne donne plus rien dès maintenant : les programmes qui le lisent n’auront plus vos dates. "
            "Vous leur donnerez le nouveau."
        ),
        consent="Oui, l’ancien lien peut s’éteindre",
        label="Remplacer le lien",
    ),
    "revoke": FeedQuestion(
        title="Supprimer le lien d’agenda",
        effect=typeset(
            "Il ne donne plus rien dès maintenant, et vos dates disparaissent des programmes qui le lisent. Rien ne "
            "change à votre contrat ; vous pourrez créer un autre lien."
        ),
        consent="Oui, ce lien peut s’éteindre",
        label="Supprimer le lien",
        is_grave=True,
    ),
}
