"""The services that are offered on quotation (CGV art. 5.3), in the words of the terms."""

from enum import StrEnum


class Service(StrEnum):
    """What a quote is asked for."""

    CUSTOMISATION = "customisation"
    TRAINING = "training"
    ON_SITE = "on_site"


SERVICES = {
    Service.CUSTOMISATION: "Personnalisation de la Solution",
    Service.TRAINING: "Formation sur mesure",
    Service.ON_SITE: "Accompagnement sur place",
}
