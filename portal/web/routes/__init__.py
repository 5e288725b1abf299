"""Plain HTTP: what needs a cookie to be set, or a file to be handed over."""

from portal.web.routes.auth import ROUTES as AUTH_ROUTES
from portal.web.routes.papers import ROUTES as PAPER_ROUTES

ROUTES = [*AUTH_ROUTES, *PAPER_ROUTES]
