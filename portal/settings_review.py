"""What `portal check` says of the settings: what is configured, what is on its default, what is unsafe for production."""

import re
from dataclasses import dataclass
from enum import StrEnum

from portal.settings import Settings


class Standing(StrEnum):
    """How a setting stands, for `portal check`."""

    SET = "réglé"
    DEFAULT = "par défaut"
    UNSAFE = "à corriger avant la production"


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of `portal check`."""

    subject: str
    standing: Standing
    text: str


def review(settings: Settings) -> tuple[Remark, ...]:
    """Say of each subject what is configured, what is on its default, and what is unsafe for production."""
    postgres = settings.database.startswith("postgresql")
    https = all(origin.startswith("https://") for origin in settings.origins)
    remarks = [
        _remark(
            "Mode",
            not settings.demo,
            "production",
            "démonstration : jamais avec de vraies données",
            unsafe=True,
        ),
        _remark(
            "Adresse",
            bool(settings.origins) and https,
            ", ".join(settings.origins),
            "locale, sans HTTPS",
            unsafe=True,
        ),
        _remark(
            "Base de données", postgres, "PostgreSQL", "SQLite : un seul serveur, sauvegarde à organiser"
        ),
        _remark(
            "Clé secrète",
            bool(settings.secret_key.get_secret_value()),
            "réglée",
            "créée dans le dossier de données",
        ),
        _remark(
            "E-mails",
            bool(settings.mail_host),
            settings.mail_host,
            "dans un dossier : personne ne les reçoit",
            unsafe=True,
        ),
        _remark(
            "Fichiers",
            bool(settings.files_bucket),
            f"S3 {settings.files_bucket}",
            f"dossier {settings.data / 'files'}",
        ),
        _remark(
            "Chiffrement des fichiers",
            bool(settings.files_key.get_secret_value()),
            "clé réglée (PORTAL_FILES_KEY) : gardez-en une copie",
            "clé tirée de la clé secrète : la changer rendrait les fichiers illisibles",
        ),
        _remark(
            "Antivirus",
            settings.virus_scan != "off",
            f"{'exigé' if settings.virus_scan == 'required' else 'facultatif'}, clamd {settings.clamd_address}",
            "désactivé : les fichiers reçus ne sont pas analysés",
        ),
        _remark(
            "Signatures électroniques",
            settings.signature_roots is not None,
            f"certificats reconnus par les autorités de {settings.signature_roots}",
            "aucune autorité : intactes ou non, mais aucun certificat n’est reconnu",
        ),
        _remark("Annuaire des entreprises", bool(settings.register_url), settings.register_url, "désactivé"),
        _remark(
            "CRM",
            bool(settings.crm_webhook_url),
            settings.crm_webhook_url,
            "registre seul, rien n’est envoyé",
        ),
        _remark(
            "Service",
            "service_url" in settings.model_fields_set,
            settings.service_url,
            f"adresse de la démonstration, {settings.service_url} (PORTAL_SERVICE_URL)",
        ),
        _remark(
            "Recommandés",
            bool(settings.registered_letters_url),
            settings.registered_letters_url,
            "à la main : lettres postées, suivis et preuves saisis",
        ),
        _remark(
            "Facturation électronique",
            "e_invoicing_from" in settings.model_fields_set,
            f"à partir du {settings.e_invoicing_from:%d/%m/%Y}, dossier {settings.e_invoicing_folder}",
            f"à partir du {settings.e_invoicing_from:%d/%m/%Y} (PME), dossier {settings.e_invoicing_folder}",
        ),
    ]
    remarks.append(
        _remark(
            "Banque",
            settings.bank_outbox is not None and settings.bank_inbox is not None,
            f"dossiers {settings.bank_outbox} (prélèvements) et {settings.bank_inbox} (messages)",
            "fichiers de prélèvements et messages échangés à la main, dans /gestion",
        )
    )
    if settings.mail_host and settings.mail_security == "none":
        remarks.append(
            Remark("E-mails", Standing.UNSAFE, "envoyés sans chiffrement (PORTAL_MAIL_SECURITY=none)")
        )
    return (*remarks, *_vendor_remarks(settings))


def _remark(subject: str, configured: bool, text: str, default: str, *, unsafe: bool = False) -> Remark:  # noqa: FBT001
    if configured:
        return Remark(subject, Standing.SET, text)
    return Remark(subject, Standing.UNSAFE if unsafe else Standing.DEFAULT, default)


def _vendor_remarks(settings: Settings) -> tuple[Remark, ...]:
    from stdnum import iban
    from stdnum.eu import at_02
    from stdnum.eu import vat as vat_number
    from stdnum.fr import siren

    remarks: list[Remark] = []
    if not siren.is_valid(settings.vendor_siren):
        text = (
            f"le SIREN du prestataire ({settings.vendor_siren}) n’a pas une clé de contrôle valable : "
            "vérifiez-le sur son K-bis (PORTAL_VENDOR_SIREN). Rien n’est bloqué."
        )
        remarks.append(Remark("Prestataire", Standing.UNSAFE, text))
    fields = Settings.model_fields
    named = {
        "vendor_creditor_id": ("l’identifiant créancier SEPA (ICS)", at_02.is_valid),
        "vendor_iban": ("le compte où les virements sont attendus (IBAN)", iban.is_valid),
    }
    if not re.search(r"\b\d{5} \S", settings.vendor_address.rpartition(",")[2]):
        text = "l’adresse du prestataire ne finit pas par son code postal et sa ville (PORTAL_VENDOR_ADDRESS)"
        remarks.append(Remark("Prestataire", Standing.UNSAFE, text))
    if not {"vendor_legal_form", "vendor_capital", "vendor_rcs_city"} <= settings.model_fields_set:
        text = (
            "forme, capital ou ville du RCS sont ceux de la démonstration, et imprimés sur les factures "
            "(PORTAL_VENDOR_LEGAL_FORM, PORTAL_VENDOR_CAPITAL, PORTAL_VENDOR_RCS_CITY)"
        )
        remarks.append(Remark("Prestataire", Standing.UNSAFE, text))
    if settings.vendor_vat_number and not vat_number.is_valid(settings.vendor_vat_number):
        text = "le numéro de TVA du prestataire n’est pas valable (PORTAL_VENDOR_VAT_NUMBER)"
        remarks.append(Remark("Prestataire", Standing.UNSAFE, text))
    for name, (what, is_valid) in named.items():
        value = getattr(settings, name)
        variable = f"PORTAL_{name.upper()}"
        if not is_valid(value):
            remarks.append(Remark("Prestataire", Standing.UNSAFE, f"{what} n’est pas valable ({variable})"))
        elif value == fields[name].default:
            remarks.append(
                Remark("Prestataire", Standing.UNSAFE, f"{what} est celui de la démonstration ({variable})")
            )
    return tuple(remarks)
