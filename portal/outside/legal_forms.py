"""Legal forms (catégories juridiques) as INSEE codes them, in the words people use of their company."""

# Where a code and its family differ, the code decides. INSEE files a SASU under 5710 and an EURL under
# 5499, which are their legal forms indeed; 5720 and 5498 come from the trade register.
_CODES = {
    "1000": "Entreprise individuelle",
    "5306": "SCS",
    "5308": "SCA",
    "5485": "SELARL",
    "5498": "EURL",
    "5720": "SASU",
    "5785": "SELAS",
    "5800": "Société européenne",
    "6220": "GIE",
    "6317": "Coopérative agricole",
    "6533": "GAEC",
    "6540": "SCI",
    "6541": "SCCV",
    "6589": "SCM",
    "6597": "SCEA",
    "6598": "EARL",
    "9300": "Fondation",
}

# The first two digits: what every form of the family is.
_FAMILIES = {
    "31": "Société étrangère",
    "32": "Société étrangère",
    "52": "SNC",
    "54": "SARL",
    "55": "SA",
    "56": "SA",
    "57": "SAS",
    "65": "Société civile",
    "72": "Collectivité territoriale",
    "73": "Établissement public",
    "92": "Association",
}


def legal_form(code: str) -> str:
    """Return the form's usual name, or nothing where the code is not one people would know."""
    return _CODES.get(code) or _FAMILIES.get(code[:2], "")
