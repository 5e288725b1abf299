"""A new version of the CGV as staff publish it from a page (art. 17): read, compared, then kept for ever.

The text is the one of `portal terms publish`, with the same checks; publishing it announces it to nobody yet.
"""

from dataclasses import dataclass

from portal.contract.calendar import start_of_day
from portal.contract.refusal import Refusal
from portal.documents.terms import TermsFormatError, TermsText, parse_terms
from portal.documents.terms_changes import ArticleChange, compare_terms
from portal.services.announcing import Simulation, simulate_terms
from portal.services.conditions import CannotPublish, Edition, edition, in_force, publish
from portal.services.context import NotFound, Origin, Portal, Viewer
from portal.services.journal import note_own_act

TEXT = "text"


@dataclass(frozen=True, slots=True)
class TermsPreview:
    """A text that may be published: what it says of itself, what differs from the version in force, whom it reaches."""

    read: TermsText
    present: Edition
    articles: tuple[ArticleChange, ...]
    simulation: Simulation


async def preview_terms(portal: Portal, viewer: Viewer, text: str) -> TermsPreview:
    """Return what publishing a text, and announcing it, would do.

    Raises `CannotPublish` with the line that is wrong, and `Refusal`: `terms_same_version`, `terms_in_past`,
    `terms_after_limit`.
    """
    viewer.must_be_staff()
    if not text.strip():
        raise CannotPublish("Collez le texte, ou choisissez son fichier.")
    try:
        read = parse_terms(text)
    except TermsFormatError as error:
        raise CannotPublish(str(error)) from error
    async with portal.database.reading() as connection:
        present = await in_force(connection, portal.now())
        try:
            await edition(connection, read.version)
        except NotFound:
            pass
        else:
            raise Refusal(
                "terms_same_version",
                clause="17",
                message=(
                    f"La version {read.version} est déjà publiée : un texte publié ne change plus. Donnez à celui-ci un "
                    "autre nom de version, dans son en-tête."
                ),
            )
    if read.applies_from <= portal.today():
        raise Refusal(
            "terms_in_past",
            clause="17",
            message=(
                "Ce texte se dit applicable aujourd’hui ou plus tôt : une version s’applique au plus tôt demain. Corrigez "
                "« applies_from » dans son en-tête."
            ),
        )
    simulation = await simulate_terms(portal, viewer, read.version, read.applies_from)
    return TermsPreview(read, present, tuple(compare_terms(present.read(), read)), simulation)


async def publish_terms(portal: Portal, viewer: Viewer, text: str, origin: Origin) -> Edition:
    """Publish a text as it was shown; two who publish the same one at once publish it once.

    Raises as `preview_terms`.
    """
    try:
        read = (await preview_terms(portal, viewer, text)).read
    except Refusal as refusal:
        if refusal.code == "terms_same_version" and (same := await _the_same(portal, text)):
            return same
        raise
    kept = await publish(portal, text, version=read.version, applies_from=start_of_day(read.applies_from))
    async with portal.database.transaction() as connection:
        await note_own_act(portal, connection, viewer, "terms_published", origin, version=kept.version)
    return kept


async def _the_same(portal: Portal, text: str) -> Edition | None:
    """Return the version published with this very text, or None."""
    async with portal.database.reading() as connection:
        found = await edition(connection, parse_terms(text).version)
    return found if found.text == text else None
