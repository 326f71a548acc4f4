"""The Flask application of one surface: its blueprints, error pages and what every request passes through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import templates
from idp import services as composition
from idp.store import pages
from idp.web import (
    account,
    assets,
    current,
    demo,
    device_authorization,
    direct,
    endpoints,
    error_catalogue,
    errors,
    health,
    home,
    i18n,
    logout,
    oidc,
    proofing,
    request_log,
    security,
    sign_in,
    sites,
    vocabulary,
)
from idp.web.client_certificates import ClientCertificates
from idp.web.visit import Cookies, Wiring, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from idp.keyholder import Keyholder
    from idp.settings import Settings

CSRF = "yufu/csrf/1"
HOURS_A_FORM_MAY_STAY_OPEN = 12

PUBLIC = (
    home.blueprint,
    oidc.blueprint,
    device_authorization.blueprint,
    logout.blueprint,
    sign_in.blueprint,
    account.blueprint,
    proofing.blueprint,
    health.blueprint,
    vocabulary.blueprint,
    error_catalogue.blueprint,
    sites.blueprint,
)
FROM_OTHER_SITES = (direct.explain, logout.confirmed)
"""Views that other sites post to by design: they carry none of our cookies, or check the form token themselves."""


def create_app(settings: Settings, keyring: Keyholder, *, clock: Callable[[], datetime] | None = None) -> Flask:
    """Build the public surface. The demo's shortcuts exist only where settings allow them, which https never does."""
    app = Flask("idp", template_folder=templates.FOLDER, static_folder=None)
    app.config.update(
        SECRET_KEY=keyring.root.purpose(CSRF),
        SESSION_COOKIE_NAME="__Host-yufu_form" if settings.secure else "yufu_form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=HOURS_A_FORM_MAY_STAY_OPEN * 3600,
        MAX_FORM_PARTS=100,
    )
    request_log.install(app)
    database = pages.install(app, settings.db.url, pool_size=max(settings.db.pool_size, 3 * settings.web.threads))
    built = composition.build(settings, database, keyring)
    certificates = ClientCertificates.of(settings)
    wiring = Wiring(built, Cookies.named(secure=settings.secure), clock or utc_now, certificates)
    guard = security.Guard(settings.issuer, certificates)
    current.install(app, wiring)
    i18n.install(app)
    security.install(app, guard)
    assets.install(app)
    errors.install(app)
    csrf = CSRFProtect(app)
    for view in FROM_OTHER_SITES:
        csrf.exempt(view)
    for blueprint in PUBLIC:
        app.register_blueprint(blueprint)
    if settings.demo.people:
        app.register_blueprint(demo.blueprint)
    direct.install(app, endpoints.ENDPOINTS, wiring, guard)
    if settings.web.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.web.trusted_proxies)  # type: ignore[method-assign] # Flask's own documented way
    return app
