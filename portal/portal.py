"""The web application, put together: pages, plain HTTP routes, what runs beside them, and the hardening around.

Nothing is decided here. Reflex finds it as `portal.portal:app`.
"""

from pathlib import Path

import reflex as rx
import reflex.model
from reflex.utils.prerequisites import get_web_dir
from starlette.applications import Starlette
from starlette.types import ASGIApp

from portal.settings import load
from portal.web.components.connection import offline_banner
from portal.web.failure import boundary, failure_bar, on_backend_error, on_frontend_error
from portal.web.gate import guard_events
from portal.web.hardening import Hardening
from portal.web.head import HEAD, STYLESHEETS
from portal.web.page_guard import PageGuard
from portal.web.pages import PUBLIC_STATES, add_pages
from portal.web.redaction import withhold_framework_details
from portal.web.rescue import Rescue
from portal.web.routes import ROUTES
from portal.web.running import lifespan


def _harden(inner: ASGIApp) -> ASGIApp:
    """Called in each worker once the pages are built: their scripts must be known to admit them."""
    withhold_framework_details()
    site = Path(get_web_dir()) / "build" / "client"
    return Hardening(Rescue(PageGuard(inner), inner), origins=load().served_origins, site=site)


app = rx.App(
    html_lang="fr",
    stylesheets=STYLESHEETS,
    head_components=HEAD,
    toaster=None,
    app_wraps={
        (55, "ErrorBoundary"): boundary,
        (5, "Overlay"): lambda stateful: rx.fragment(offline_banner(), failure_bar()) if stateful else None,
    },
    frontend_exception_handler=on_frontend_error,
    backend_exception_handler=on_backend_error,
    api_transformer=[Starlette(routes=ROUTES), _harden],
)
app.register_lifespan_task(lifespan)
add_pages(app)
guard_events(app, PUBLIC_STATES)
