"""The demonstration's clients: invented companies, one for each standing that a trial and a dossier can have."""

from dataclasses import dataclass

from portal.contract.acts import Piece
from portal.services.named_persons import NewUser


@dataclass(frozen=True, slots=True)
class Sending:
    """A dossier that was sent so many days ago: which pieces, which was refused, whether it was validated and paid."""

    days_ago: int
    pieces: tuple[Piece, ...] = tuple(Piece)
    refused: Piece | None = None
    validated_days_ago: int | None = None
    paid_days_ago: int | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """What happens to a contract once it is in force, so many days ago.

    Every invoice is collected on its day, but for those collected in the last `unpaid_days`; `joins` are persons
    registered, `orders` options by their codes; the contract `ends` where an insolvency administrator stays silent.
    """

    joins: tuple[tuple[int, NewUser], ...] = ()
    orders: tuple[tuple[int, str], ...] = ()
    unpaid_days: int = 0
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented client; `days_ago` is when its trial began, None where it has not."""

    siren: str
    legal_name: str
    legal_form: str
    street: str
    postcode: str
    city: str
    admin: NewUser
    days_ago: int | None
    colleagues: tuple[NewUser, ...] = ()
    sends: Sending | None = None
    runs: Running = Running()


def _at(domain: str, *names: str) -> tuple[NewUser, ...]:
    people = (name.split(" ", 1) for name in names)
    return tuple(
        NewUser(first, last, f"{first}.{last}@{domain}.example".lower().replace(" ", "-").replace("é", "e"))
        for first, last in people
    )


# No company has, or will have for years, a SIREN that begins with 999.
CLIENTS = (
    Invented("999120348", "Atelier Nord", "SAS", "14 rue du Port", "59140", "Dunkerque",
             _at("atelier-nord", "Anne Leroy")[0], days_ago=3,
             colleagues=_at("atelier-nord", "Hugo Petit", "Salima Benali")),
    Invented("999205172", "Menuiserie Carpentier", "SARL", "3 chemin des Scieries", "88200", "Remiremont",
             _at("carpentier", "Luc Carpentier")[0], days_ago=28,
             colleagues=_at("carpentier", "Nina Vogel", "Paul Arnoux", "Ines Roche", "Marc Thomas")),
    Invented("999312085", "Les Serres de Provence", "SCEA", "Route de Cavaillon", "84300", "Cavaillon",
             _at("serres-provence", "Claire Fabre")[0], days_ago=34, colleagues=_at("serres-provence", "Yanis Moulin")),
    Invented("999407612", "Imprimerie Vauban", "SA", "27 quai Vauban", "25000", "Besançon",
             _at("vauban", "Denis Girard")[0], days_ago=44),
    Invented("999521909", "Cabinet Delmas Conseil", "SELARL", "8 place de la Bourse", "33000", "Bordeaux",
             _at("delmas", "Sophie Delmas")[0], days_ago=40, colleagues=_at("delmas", "Karim Haddad"),
             sends=Sending(3, (Piece.CONTRACT, Piece.MANDATE))),
    Invented("999633746", "Transports Kerouac", "SAS", "Zone de Kergaradec", "29200", "Brest",
             _at("kerouac", "Erwan Kerouac")[0], days_ago=75, colleagues=_at("kerouac", "Maud Le Gall")),
    Invented("999748056", "Brasserie du Lac", "SARL", "2 avenue du Lac", "74000", "Annecy",
             _at("brasserie-lac", "Julie Perrin")[0], days_ago=None),
    Invented("999814726", "Scierie des Ballons", "SAS", "6 route de Gérardmer", "88400", "Xonrupt-Longemer",
             _at("scierie-ballons", "Agathe Munier")[0], days_ago=12,
             colleagues=_at("scierie-ballons", "Bruno Claudel", "Fanny Antoine"), sends=Sending(1)),
    Invented("999836018", "Librairie des Halles", "SARL", "11 rue des Halles", "37000", "Tours",
             _at("librairie-halles", "Mathis Jourdan")[0], days_ago=22, sends=Sending(6, refused=Piece.KBIS)),
    Invented("999851132", "Fonderie Cassel", "SAS", "40 rue de l’Industrie", "08000", "Charleville-Mézières",
             _at("fonderie-cassel", "Odile Cassel")[0], days_ago=15,
             colleagues=_at("fonderie-cassel", "Remi Noel"), sends=Sending(5, validated_days_ago=2)),
    Invented("999872401", "Cordages Malouins", "SARL", "5 quai Saint-Louis", "35400", "Saint-Malo",
             _at("cordages", "Yann Riou")[0], days_ago=30,
             colleagues=_at("cordages", "Lena Morvan", "Tom Guillou", "Eva Martin", "Jules Cadiou"),
             sends=Sending(16, validated_days_ago=14, paid_days_ago=8)),
    Invented("999890015", "Conserverie du Guilvinec", "SAS", "18 rue de la Marine", "29730", "Guilvinec",
             _at("conserverie-guilvinec", "Solene Cariou")[0], days_ago=165,
             colleagues=_at("conserverie-guilvinec", "Gwen Le Berre", "Herve Tanguy", "Nolwenn Pichon"),
             sends=Sending(152, validated_days_ago=149, paid_days_ago=141),
             runs=Running(
                 joins=tuple(zip((101, 66, 36), _at("conserverie-guilvinec", "Alan Stephan", "Katell Jaouen", "Ronan Daniel"),
                                 strict=True)),
                 orders=((110, "storage"), (73, "training")))),
    Invented("999902356", "Tanneries de la Creuse", "SARL", "4 impasse du Moulin", "23200", "Aubusson",
             _at("tanneries-creuse", "Pascal Mourlon")[0], days_ago=128, colleagues=_at("tanneries-creuse", "Ida Chaumeil"),
             sends=Sending(116, validated_days_ago=113, paid_days_ago=105), runs=Running(unpaid_days=62)),
    Invented("999914112", "Chaudronnerie Belleville", "SAS", "21 rue des Forges", "54940", "Belleville",
             _at("chaudronnerie-belleville", "Nadia Weber")[0], days_ago=118,
             sends=Sending(106, validated_days_ago=103, paid_days_ago=95), runs=Running(ends=6)),
)  # fmt: skip
