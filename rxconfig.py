"""Reflex's own settings. What `portal serve` gives it by environment comes on top (see `commands/building.py`)."""

import reflex as rx

from portal.settings import load
from portal.web.first_paint import WordsFirst

settings = load()

config = rx.Config(
    app_name="portal",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    cors_allowed_origins=settings.served_origins,
    deploy_url=settings.public_url,
    frontend_port=settings.port,
    backend_port=settings.port,
    redis_url=settings.redis_url or None,
    frontend_packages=[
        "@fontsource-variable/source-sans-3@5.3.0",
        "@fontsource-variable/source-serif-4@5.3.1",
    ],
    plugins=[WordsFirst()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
