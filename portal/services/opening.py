"""Building the portal from its settings: which implementation stands behind each part."""

from pathlib import Path

from portal.clock import Clock, DemonstrationClock, SystemClock
from portal.outside.e_invoicing import FolderPlatform
from portal.outside.files import ObjectStore, local_files, s3_files
from portal.outside.mail import FolderMailer, Mailer, SmtpMailer
from portal.outside.provisioning import LedgerOnly, Provisioning, SignedWebhook
from portal.outside.register import CompanyRegister, NoRegister, PublicRegister
from portal.outside.registered_letters import registered_letters
from portal.outside.sealed_files import SealedFiles
from portal.outside.virus_scan import virus_scan
from portal.records.database import Database
from portal.services.context import Portal
from portal.services.keys import files_key
from portal.settings import Settings


def open_portal(settings: Settings) -> Portal:
    """Return the portal's parts; nothing is connected to yet. Close it with `portal.database.close()`."""
    settings.data.mkdir(parents=True, exist_ok=True)
    return Portal(
        settings=settings,
        clock=_clock(settings),
        database=Database(settings.database),
        mailer=_mailer(settings),
        files=SealedFiles(_files(settings), files_key(settings), workspace=workspace_of(settings)),
        scan=virus_scan(settings.virus_scan, settings.clamd_address),
        register=_register(settings),
        provisioning=_provisioning(settings),
        platform=FolderPlatform(settings.e_invoicing_folder),
        machine=SystemClock(),
        registered_letters=registered_letters(
            settings.registered_letters_url, settings.registered_letters_token.get_secret_value()
        ),
    )


def workspace_of(settings: Settings) -> Path:
    """Return the folder, its owner's only, where files stand while they are received and opened."""
    folder = settings.data / "workspace"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _clock(settings: Settings) -> Clock:
    return DemonstrationClock(settings.clock_file) if settings.demo else SystemClock()


def _mailer(settings: Settings) -> Mailer:
    if not settings.mail_host:
        return FolderMailer(settings.mail_folder, sender=settings.mail_sender)
    return SmtpMailer(
        host=settings.mail_host,
        port=settings.mail_port,
        user=settings.mail_user,
        password=settings.mail_password.get_secret_value(),
        security=settings.mail_security,
        sender=settings.mail_sender,
    )


def _files(settings: Settings) -> ObjectStore:
    if not settings.files_bucket:
        return local_files(settings.data / "files")
    return s3_files(
        bucket=settings.files_bucket,
        endpoint=settings.files_endpoint,
        region=settings.files_region,
        access_key=settings.files_access_key,
        secret_key=settings.files_secret_key.get_secret_value(),
    )


def _register(settings: Settings) -> CompanyRegister:
    return PublicRegister(settings.register_url) if settings.register_url else NoRegister()


def _provisioning(settings: Settings) -> Provisioning:
    if not settings.crm_webhook_url:
        return LedgerOnly()
    return SignedWebhook(settings.crm_webhook_url, secret=settings.crm_webhook_secret.get_secret_value())
