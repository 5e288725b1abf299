"""The settings: the only module that reads the environment (`PORTAL_…` variables and `.env`).

Every setting has a default that works on one machine without anything else. `load` refuses a wrong
one by name, with what is expected; `review` says what is configured, left at its default, or unsafe.
"""

import os
import secrets
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRET_KEY_LENGTH = 32


class SettingsError(ValueError):
    """A setting is wrong; the message is French and names it."""


class Settings(BaseSettings):
    """What an operator may configure. Field names in capitals after `PORTAL_` are the variables."""

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_", extra="ignore", frozen=True, validate_default=True
    )

    data: Path = Field(Path(".portal"), description="dossier où le portail écrit tout")
    demo: bool = Field(default=False, description="démonstration : données fictives, horloge déplaçable")
    port: int = Field(3000, ge=1, le=65535, description="port d’écoute sur 127.0.0.1")
    origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="origines servies, séparées par des virgules (https://portail.exemple.fr)"
    )

    trusted_proxy_hops: int = Field(
        0, ge=0, le=5, description="nombre de mandataires (proxies) de confiance devant le portail"
    )

    database_url: str = Field(
        "", description="base de données (sqlite+aiosqlite:///… ou postgresql+psycopg://…)"
    )
    jobs_database_url: str = Field("", description="base des tâches (sqlite:///… ou postgresql://…)")
    worker_name: str = Field(
        "portail", description="nom de ce processus, propre à chacun de ceux qui partagent une base"
    )
    redis_url: str = Field("", description="Redis, pour plusieurs serveurs web")
    secret_key: SecretStr = Field(SecretStr(""), description="clé secrète, 32 caractères au moins")

    mail_host: str = Field("", description="serveur SMTP")
    mail_port: int = Field(587, ge=1, le=65535, description="port SMTP")
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_security: Literal["starttls", "tls", "none"] = Field("starttls", description="chiffrement SMTP")
    mail_sender: str = Field("EXANERGY CRM <portail@exanergy.example>", description="expéditeur des e-mails")

    files_bucket: str = Field("", description="compartiment S3 des fichiers")
    files_endpoint: str = ""
    files_region: str = "eu-west-3"
    files_access_key: str = ""
    files_secret_key: SecretStr = SecretStr("")
    files_key: SecretStr = Field(
        SecretStr(""), description="clé de chiffrement des fichiers, 32 caractères au moins"
    )

    virus_scan: Literal["off", "optional", "required"] = Field(
        "off", description="antivirus des fichiers reçus : off, optional ou required"
    )
    clamd_address: str = Field("", description="clamd : tcp://hôte:port, ou chemin de son socket")

    signature_roots: Path | None = Field(
        None, description="fichier PEM des autorités dont les signatures électroniques sont reconnues"
    )

    register_url: str = Field("", description="annuaire des entreprises (API « Recherche d’entreprises »)")
    crm_webhook_url: str = Field("", description="adresse que le CRM écoute")
    crm_webhook_secret: SecretStr = SecretStr("")
    registered_letters_url: str = Field(
        "", description="prestataire de recommandé électronique (API HTTP), à la main s’il n’est pas réglé"
    )
    registered_letters_token: SecretStr = SecretStr("")

    vendor_name: str = "PROMPT (démonstration)"
    vendor_siren: str = "334401554"
    vendor_address: str = Field(
        "1 rue de la Démonstration, 75000 Paris",
        description="adresse du prestataire, lignes séparées par des virgules",
    )
    vendor_creditor_id: str = Field(
        "FR72ZZZ123456", description="identifiant créancier SEPA (ICS) du prestataire"
    )
    vendor_iban: str = Field(
        "FR7630006000011234567890189", description="compte du prestataire où les virements sont attendus"
    )
    vendor_bic: str = Field("", description="BIC de la banque du prestataire, vide si elle ne le demande pas")
    bank_days: int = Field(
        2, ge=1, le=10, description="jours bancaires avant le prélèvement où la banque reçoit le fichier"
    )
    bank_outbox: Path | None = Field(
        None, description="dossier où déposer les fichiers de prélèvements pour la banque"
    )
    bank_inbox: Path | None = Field(
        None, description="dossier où la banque dépose ses messages (pain.002, camt.053, camt.054)"
    )
    vendor_vat_number: str = Field(
        "", description="numéro de TVA du prestataire, déduit du SIREN s’il n’est pas réglé"
    )
    vendor_legal_form: str = Field("SAS", description="forme juridique du prestataire")
    vendor_capital: str = Field("10 000 €", description="capital social du prestataire")
    vendor_rcs_city: str = Field("Nanterre", description="ville du RCS du prestataire")
    vendor_vat_on_debits: bool = Field(
        default=False, description="option pour le paiement de la TVA d’après les débits"
    )
    e_invoicing_from: date = Field(
        date(2027, 9, 1),
        description="premier jour où les factures passent par une plateforme agréée (1er septembre 2027 pour une PME)",
    )
    service_url: str = Field(
        "https://crm.exanergy.example", description="adresse où les utilisateurs ouvrent EXANERGY CRM"
    )
    support_email: str = "assistance@exanergy.example"
    support_phone: str = "01 99 00 12 34"

    @field_validator("origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("origins")
    @classmethod
    def _origins_are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            scheme, separator, host = origin.partition("://")
            if scheme not in {"http", "https"} or not separator or not host or "/" in host:
                raise ValueError("une origine est un schéma et un nom, comme https://portail.exemple.fr")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+psycopg://")):
            raise ValueError("attendu : sqlite+aiosqlite:///… ou postgresql+psycopg://…")
        return value

    @field_validator("bank_outbox", "bank_inbox", "signature_roots", mode="before")
    @classmethod
    def _path_or_none(cls, value: object) -> object:
        return value or None

    @field_validator("secret_key", "files_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(value.get_secret_value()) < SECRET_KEY_LENGTH:
            raise ValueError("la clé secrète compte 32 caractères au moins")
        return value

    @field_validator("service_url")
    @classmethod
    def _opens_in_a_browser(cls, value: str) -> str:
        scheme, separator, host = value.partition("://")
        if scheme not in {"http", "https"} or not separator or not host or any(map(str.isspace, value)):
            raise ValueError(
                "attendu : une adresse qui s’ouvre dans un navigateur, comme https://crm.exemple.fr"
            )
        return value

    @field_validator("clamd_address")
    @classmethod
    def _reachable(cls, value: str) -> str:
        host, _, port = value.removeprefix("tcp://").rpartition(":")
        if value and not value.startswith("/") and not (host and port.isascii() and port.isdigit()):
            raise ValueError(
                "attendu : tcp://hôte:port, ou le chemin d’un socket, comme /run/clamav/clamd.ctl"
            )
        return value

    @field_validator("signature_roots")
    @classmethod
    def _holds_certificates(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        from cryptography.x509 import load_pem_x509_certificates

        # The processes that read it work in folders of their own.
        if not value.is_absolute():
            raise ValueError("attendu : un chemin absolu, comme /etc/portal/autorites.pem")
        try:
            load_pem_x509_certificates(value.read_bytes())
        except OSError as error:
            raise ValueError("ce fichier ne peut pas être lu") from error
        except ValueError as error:
            raise ValueError("ce fichier n’est pas une suite de certificats au format PEM") from error
        return value

    @model_validator(mode="after")
    def _scan_has_its_daemon(self) -> "Settings":
        if self.virus_scan != "off" and not self.clamd_address:
            raise ValueError("PORTAL_CLAMD_ADDRESS manque : l’antivirus est demandé sans dire où il écoute")
        return self

    @model_validator(mode="after")
    def _webhook_has_its_secret(self) -> "Settings":
        if self.crm_webhook_url and not self.crm_webhook_secret.get_secret_value():
            raise ValueError(
                "PORTAL_CRM_WEBHOOK_SECRET manque : sans elle, le CRM ne peut pas vérifier l’origine"
            )
        return self

    @model_validator(mode="after")
    def _letters_have_their_token(self) -> "Settings":
        if self.registered_letters_url and not self.registered_letters_token.get_secret_value():
            raise ValueError(
                "PORTAL_REGISTERED_LETTERS_TOKEN manque : sans elle, le prestataire de recommandés ne sait pas qui "
                "dépose"
            )
        return self

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data.absolute() / 'portal.db'}"

    @property
    def jobs_database(self) -> str:
        return self.jobs_database_url or f"sqlite:///{self.data.absolute() / 'jobs.db'}"

    @property
    def public_url(self) -> str:
        """The address that links in mails begin with: the first origin, never a request's Host."""
        return self.served_origins[0]

    @property
    def served_origins(self) -> tuple[str, ...]:
        return self.origins or (f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}")

    @property
    def mail_folder(self) -> Path:
        return self.data / "mails"

    @property
    def vat_number(self) -> str:
        """The vendor's VAT number: the one set, else « FR », the key (CGI art. 286 ter) and the SIREN."""
        if self.vendor_vat_number or not self.vendor_siren.isdecimal():
            return self.vendor_vat_number
        key = (12 + 3 * (int(self.vendor_siren) % 97)) % 97
        return f"FR{key:02}{self.vendor_siren}"

    @property
    def e_invoicing_folder(self) -> Path:
        """Where invoices for the e-invoicing platform wait, until one is connected."""
        return self.data / "e-invoicing"

    @property
    def demonstration_marker(self) -> Path:
        """A file that says that this folder is a demonstration; its text gives the accounts."""
        return self.data / "demonstration"

    @property
    def clock_file(self) -> Path:
        return self.data / "clock.json"

    def secret(self) -> bytes:
        """Return the secret key: the configured one, else one made once and kept in the data folder."""
        if configured := self.secret_key.get_secret_value():
            return configured.encode()
        file = self.data / "secret.key"
        if not file.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            # x: two processes that start together must not end up with two keys.
            try:
                with file.open("x", encoding="ascii") as new:
                    file.chmod(0o600)
                    new.write(secrets.token_urlsafe(SECRET_KEY_LENGTH))
            except FileExistsError:
                pass
        return file.read_text(encoding="ascii").encode()


def env_file() -> Path:
    """Return the `.env` to read: that of the folder the command was started in, wherever its processes work."""
    return Path(os.environ.get("PORTAL_ENV_FILE", ".env")).absolute()


def load(**overrides: object) -> Settings:
    """Return the settings; raise `SettingsError` that names the wrong one and says what is expected."""
    try:
        return Settings(_env_file=env_file(), **overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        field = Settings.model_fields.get(name)
        what = f"PORTAL_{name.upper()}" if name else "Réglages"
        expected = f" ({field.description})" if field and field.description else ""
        reason = str(first["ctx"]["error"]) if "error" in first.get("ctx", {}) else first["msg"]
        message = f"{what}{expected} : {reason}. Valeur lue : {_shown(name, first['input'])}."
        raise SettingsError(message) from error


def _shown(name: str, value: object) -> str:
    return (
        "(masquée)"
        if any(word in name for word in ("secret", "password", "key", "token", "url"))
        else repr(value)
    )
