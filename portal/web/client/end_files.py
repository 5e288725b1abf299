"""The files of a restitution as a page shows them, and how far their preparation is: for the client and for staff."""

from dataclasses import dataclass

from portal.contract.french import count, typeset
from portal.documents.restitution_index import size_words
from portal.services.restitutions import PreparedFile, Restitution, Step, Which


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file to take: its size, its SHA-256, where it is."""

    name: str = ""
    detail: str = ""
    sha256: str = ""
    href: str = ""


def progress_words(restitution: Restitution) -> str:
    """Return how far the preparation is, in words."""
    match restitution.step:
        case Step.ASKED:
            return typeset("Nous exportons vos données du CRM.")
        case Step.BUILDING if restitution.parts:
            return typeset(
                f"{count(restitution.parts_done, 'fichier')} sur {restitution.parts} dans l’archive du portail."
            )
        case Step.BUILDING:
            return typeset("L’export du CRM est là ; l’archive du portail commence.")
        case _:
            return ""


def file_rows(restitution: Restitution, base: str = "/espace/restitutions") -> list[FileRow]:
    """Return the files that may be taken."""
    named = (
        (Which.EXPORT, restitution.export, "Ce que vos utilisateurs ont saisi dans le CRM"),
        (Which.ARCHIVE, restitution.archive, "Votre contrat : papiers, factures, e-mails, journal, preuve"),
    )
    return [
        _file_row(f"{base}/{restitution.contract_id}/{which.value}.zip", one, words)
        for which, one, words in named
        if one is not None and restitution.prepared_at is not None
    ]


def _file_row(href: str, one: PreparedFile, words: str) -> FileRow:
    return FileRow(
        name=typeset(words), detail=f"{one.name}, {size_words(one.size)}", sha256=one.sha256, href=href
    )
