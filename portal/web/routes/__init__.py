"""Plain HTTP: what needs a cookie to be set, or a file to be handed over."""

from portal.web.routes.account import ROUTES as ACCOUNT
from portal.web.routes.auth import ROUTES as AUTH
from portal.web.routes.billing import ROUTES as BILLING
from portal.web.routes.ends import ROUTES as ENDS
from portal.web.routes.evidence import ROUTES as EVIDENCE
from portal.web.routes.feeds import ROUTES as FEEDS
from portal.web.routes.invoices import ROUTES as INVOICES
from portal.web.routes.letters import ROUTES as LETTERS
from portal.web.routes.papers import ROUTES as PAPERS
from portal.web.routes.pieces import ROUTES as PIECES
from portal.web.routes.secrets import ROUTES as SECRETS
from portal.web.routes.sign_up import ROUTES as SIGN_UP

ROUTES = [
    *SIGN_UP,
    *AUTH,
    *ACCOUNT,
    *SECRETS,
    *PAPERS,
    *PIECES,
    *INVOICES,
    *BILLING,
    *LETTERS,
    *EVIDENCE,
    *FEEDS,
    *ENDS,
]
