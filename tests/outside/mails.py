"""A mail to send in tests, in the French of the real ones."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from portal.outside.mail import Attachment, Mail

SENDER = "EXANERGY CRM <portail@exanergy.example>"


def a_mail(**changes: Any) -> Mail:
    mail = Mail(
        message_id="mail:c-1:7:trial_started",
        to="anne.martin@client.example",
        subject="Votre essai a commencé\u202f!",
        text="Bonjour,\n\nVotre essai dure jusqu’au lundi 30\u00a0mars 2026.\n.\nÀ bientôt\n",
        html='<html lang="fr"><p>Votre essai dure jusqu’au lundi 30\u00a0mars 2026.</p></html>\n',
        attachments=(
            Attachment("Conditions générales.pdf", "application/pdf", b"%PDF-1.7\r\n\x00\xff"),
            Attachment("dates.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        ),
        sent_at=datetime(2026, 3, 2, 23, 0, tzinfo=UTC),
    )
    return replace(mail, **changes)
