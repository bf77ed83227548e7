"""Puts the house together: configuration, extensions, rooms, headers, and the map of errors."""

import logging
import secrets
import uuid
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import structlog
from flask import Flask, Response, g, render_template, request
from flask_babel import Babel
from flask_babel import gettext as _
from flask_login import current_user
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace.config import BadSetting, Settings, from_environment
from marketplace.core import access, keeping, uploads
from marketplace.core.accounts import setup as accounts
from marketplace.core.clock import Clock, SystemClock
from marketplace.core.colours import Brand
from marketplace.core.database import db, prepare_engine
from marketplace.core.dates import format_date
from marketplace.core.erased.models import file_erased_at
from marketplace.core.errors import DomainError, Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.files.store import DamagedFile, FileStore, any_kept
from marketplace.core.notices import post
from marketplace.core.permissions import Permission
from marketplace.core.text import N_
from marketplace.core.vault import keyring, master
from marketplace.publishing.ocds.release import Publisher
from marketplace.web import filters
from marketplace.web.addresses import StoredNumber
from scoring.report import service as reports
from scoring.report.sign import seals_of

ROOT = Path(__file__).resolve().parent.parent

# Each has a module-level `blueprint`; a room is in the house when it stands here.
ROOMS = (
    "marketplace.core.accounts.views",
    "marketplace.core.letterheads.views",
    "marketplace.core.presence.views",
    "marketplace.core.regimes.holidays.views",
    "marketplace.core.regimes.changing.views",
    "challenges.views",
    "challenges.changing.views",
    "challenges.changing.public_views",
    "challenges.elsewhere.views",
    "challenges.ending.views",
    "challenges.documents.views",
    "challenges.similar.views",
    "challenges.finding.views",
    "challenges.following.views",
    "challenges.asking.views",
    "challenges.simulator.views",
    "challenges.stages.views",
    "challenges.alerts.views",
    "challenges.joining.views",
    "challenges.reusing.views",
    "challenges.consulting.views",
    "challenges.live.views",
    "challenges.partners.views",
    "challenges.reviewing.views",
    "challenges.notices.views",
    "bids.views",
    "bids.passport.views",
    "bids.passport.register_views",
    "bids.checking.views",
    "bids.views.opening",
    "bids.elsewhere.views",
    "bids.evidence.views",
    "bids.attachments.views",
    "bids.asking.views",
    "bids.portable.views",
    "bids.team.views",
    "bids.inviting.views",
    "scoring.panel.views",
    "scoring.panel.inviting.views",
    "scoring.panel.sheets.views",
    "scoring.panel.reminding.views",
    "scoring.panel.assigning.views",
    "scoring.panel.masking.views",
    "scoring.panel.observing.views",
    "scoring.panel.trial.views",
    "scoring.panel.interests.views",
    "scoring.panel.interviews.views",
    "scoring.panel.interviews.own_views",
    "scoring.award.views",
    "scoring.award.letters.views",
    "scoring.award.letters.own_views",
    "scoring.award.complaints.views",
    "scoring.award.complaints.own_views",
    "scoring.award.again.views",
    "scoring.award.debriefs.views",
    "scoring.award.debriefs.own_views",
    "scoring.award.low_prices.views",
    "scoring.award.evidence.views",
    "scoring.award.evidence.own_views",
    "scoring.award.delivery.views",
    "scoring.award.delivery.own_views",
    "scoring.award.delivery.gates.views",
    "scoring.award.delivery.benefits.views",
    "scoring.award.committee.views",
    "scoring.award.advancing.views",
    "scoring.award.contracts.views",
    "scoring.award.contracts.ordered.views",
    "scoring.award.notices.views",
    "scoring.records.views",
    "scoring.records.casefile.views",
    "scoring.records.keeping.views",
    "scoring.records.own_data.views",
    "marketplace.publishing.pages.views",
    "marketplace.publishing.pages.auditing.views",
    "marketplace.publishing.pages.log_views",
    "marketplace.publishing.pages.ocds_views",
    "marketplace.publishing.pages.plan_views",
    "marketplace.publishing.pages.verify_views",
    "marketplace.web.timeline_views",
    "marketplace.web.views",
)

# Their jobs are begun by rows alone, or their words told on pages through a register: nothing else
# imports them.
WORKERS = (
    "bids.asking.todos",
    "bids.elsewhere.log_checks",
    "bids.log_checks",
    "bids.opening_checks",
    "bids.reminding.telling",
    "bids.team.todos",
    "bids.todos",
    "challenges.asking.todos",
    "challenges.changing.log_checks",
    "challenges.drafting.log_checks",
    "challenges.alerts.telling",
    "challenges.log_checks",
    "marketplace.core.audit.checkpoints",
    "marketplace.core.audit.configured",
    "marketplace.core.audit.retention",
    "marketplace.core.audit.stamping",
    "marketplace.core.vault.rotation",
    "scoring.award.debriefs.todos",
    "scoring.award.contracts.log_checks",
    "scoring.award.log_checks",
    "scoring.award.evidence.log_checks",
    "scoring.award.letters.log_checks",
    "scoring.award.delivery.story",
    "scoring.award.delivery.todos",
    *("scoring.award.again.waiting", "scoring.award.letters.holding"),
    "scoring.award.letters.sending",
    "scoring.award.outcomes",
    "scoring.award.todos",
    "scoring.award.evidence.todos",
    "scoring.panel.interviews.ending",
    "scoring.panel.interviews.todos",
    "scoring.records.keeping.log_checks",
    "scoring.records.keeping.todos",
    "scoring.records.own_data.todos",
)

STATUS: Mapping[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    WrongMoment: 409,
    Invalid: 422,
}

csrf = CSRFProtect()
migrate = Migrate()
babel = Babel()
log = structlog.get_logger()


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """Build the application.

    `settings` come from the environment unless given; `clock` is the machine's unless given.

    Raises:
        BadSetting: a setting is missing or malformed.
    """
    settings = settings or from_environment()
    app = Flask(
        "marketplace",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "marketplace" / "static"),
        static_url_path="/static",
    )
    # Before any route is made, so that none has another.
    app.url_map.converters["int"] = StoredNumber
    _configure(app, settings)
    app.extensions["settings"] = settings
    app.extensions["clock"] = clock or SystemClock()
    app.extensions["files"] = FileStore(settings.data / "files", expects=any_kept)

    _set_up_templates(app, settings)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        _find_master_key()
    # Batches let SQLite change a table, which it can only do by making it anew.
    migrate.init_app(
        app, db, directory=str(ROOT / "marketplace" / "migrations"), render_as_batch=True
    )
    babel.init_app(app, default_translation_directories=str(ROOT / "marketplace/translations"))
    csrf.init_app(app)
    accounts.init_app(app)
    post.register(post.Mailer(settings.smtp_url, settings.mail_from))
    app.extensions["seals"] = seals = seals_of(settings)
    reports.register(
        reports.Press(
            environment=app.jinja_env,
            store=app.extensions["files"],
            brand=Brand(settings.service_name, settings.brand_colour, settings.public_url),
            notice=N_("Example data. These public bodies took no part and made no award.")
            if settings.demonstration
            else "",
            translate=_,
            seals=seals,
            publisher=Publisher(
                settings.service_name, settings.public_url.rstrip("/"), settings.ocid_prefix
            ),
        )
    )
    for room in ROOMS:
        app.register_blueprint(import_module(room).blueprint)
    # It asks for the token itself, unless a mail program stops messages by their signed link.
    csrf.exempt(app.view_functions["alerts.stop_now"])
    for worker in WORKERS:
        import_module(worker)

    access.public(app.view_functions["static"])
    # What was done after a request is done in the opposite order: this sees what the next one saw.
    uploads.register(app)
    keeping.register(app)
    app.before_request(_refuse_unmarked)
    app.before_request(_refuse_null)
    app.after_request(_set_headers)
    _map_errors(app)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    return app


def _find_master_key() -> None:
    """Refuse to start without the key that every sealed bid and draft hangs on."""
    try:
        master.ring()
    except keyring.LostKey as error:
        raise BadSetting(str(error)) from error


def _configure(app: Flask, settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        PERMANENT_SESSION_LIFETIME=8 * 3600,  # a working day
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,  # no page of today takes more; uploads set their own
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_TIME_LIMIT=8 * 3600,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        BABEL_DEFAULT_LOCALE="en_GB",
        BABEL_DEFAULT_TIMEZONE="Europe/London",
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        # A database's error would else bring the values of its statement into the logs.
        "hide_parameters": True,
        # A connection that the server closed while it was idle must not fail a request.
        "pool_pre_ping": settings.database_url.startswith("postgresql"),
    }
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory()
        if settings.testing
        else structlog.PrintLoggerFactory(),
    )


def _set_up_templates(app: Flask, settings: Settings) -> None:
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.undefined = ChainableUndefined  # the GOV.UK macros read what may be absent
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(ROOT / "templates"),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    filters.register(app)

    @app.context_processor
    def shared() -> dict[str, object]:
        """Give every page what its frame needs."""
        bearer = access.bearer()
        return {
            "settings": settings,
            "csp_nonce": csp_nonce,
            "bearer": bearer,
            "actor": bearer.actor if bearer else None,
            # Found with the bearer; asking for it again could read the person again.
            "membership": g.membership if bearer else None,
            "Permission": Permission,
            "now": access.clock().now(),
        }


def csp_nonce() -> str:
    """Give the nonce of this response, by which the policy knows the page's own script."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _refuse_unmarked() -> None:
    """Deny by default: a view that no one gave an access class is closed to everybody."""
    if request.endpoint is not None and access.access_class(request.endpoint) is None:
        raise Forbidden(N_("This page is closed."))


def _refuse_null() -> None:
    """Take an address with a null character for no page: PostgreSQL knows no text with one.

    What is typed into forms loses it there (`marketplace.core.forms`).
    """
    if "\0" in request.path or b"%00" in request.query_string:
        raise NotFound(N_("There is no such page."))


def _set_headers(response: Response) -> Response:
    settings: Settings = access.current_settings()
    script = f"'self' 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'self'"
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src {script}; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if settings.secure_cookies:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if access.is_alike(request.endpoint) and response.status_code < 400:
        return response
    if request.endpoint != "static" and (
        access.access_class(request.endpoint or "") != "public" or current_user.is_authenticated
    ):
        response.headers["Cache-Control"] = "no-store"
    response.vary.add("Cookie")
    return response


def _map_errors(app: Flask) -> None:
    for kind, status in STATUS.items():
        app.register_error_handler(
            kind,
            lambda error, status=status: (_page(status, _(error.message, **error.data)), status),
        )

    @app.errorhandler(keyring.LostKey)
    def locked(error: keyring.LostKey) -> tuple[str, int]:
        """Log which key is not at hand; tell the person what that means for them."""
        db.session.rollback()
        log.error("key_not_at_hand", endpoint=request.endpoint, why=error.message)
        message = _("The service cannot unlock what it keeps here. Nothing was changed.")
        return _page(503, message), 503

    @app.errorhandler(DamagedFile)
    def gone(error: DamagedFile) -> tuple[str, int]:
        """Say of a file that was erased by a rule when that was; any other is a fault of ours."""
        db.session.rollback()
        erased_at = file_erased_at(db.session(), error.sha256)
        if erased_at is None:
            return crashed(error)
        day = format_date(erased_at)
        message = _("This file was erased on %(day)s: the time to keep it was over.", day=day)
        return _page(410, message), 410

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError) -> tuple[str | Response, int]:
        """Give an expired form back with what was typed, if this site's own page sent it."""
        if keeping.scripted():
            return keeping.outdated() if current_user.is_authenticated else keeping.signed_out()
        return render_template("errors/expired.html", fields=_typed()), 400

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> tuple[str, int] | HTTPException:
        status = error.code or 500
        if status < 400:
            return error
        return _page(status, None), status

    @app.errorhandler(Exception)
    def crashed(error: Exception) -> tuple[str, int]:
        """Log what happened under a reference; show the reference and nothing else."""
        reference = uuid.uuid4().hex[:8].upper()
        db.session.rollback()
        log.error(
            "crash",
            reference=reference,
            endpoint=request.endpoint,
            method=request.method,
            exc_info=error,
        )
        return render_template("errors/crash.html", reference=reference), 500


def _page(status: int, message: str | None) -> str:
    """Make the page of an error; long texts that were typed are on it, to be copied."""
    typed = [text for name, text in _typed() if name != keeping.FIELD and len(text) > 40]
    return render_template(
        "errors/page.html", status=status, message=message, typed=typed, path=request.path
    )


def _typed() -> list[tuple[str, str]]:
    """Give what was typed into a form of this site's own: never its token or a password."""
    own = request.headers.get("Origin") == request.host_url.rstrip("/") or (
        request.headers.get("Sec-Fetch-Site") == "same-origin"
    )
    if not own:
        return []
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # too large to be read, or not a form at all
        return []
    return [
        (name, text)
        for name, text in sent
        if name != "csrf_token" and "password" not in name and "passphrase" not in name
    ]
