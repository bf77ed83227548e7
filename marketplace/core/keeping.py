"""What the server does so that nothing typed is lost: answers a form's own script, and tells the
browser what it need not keep any longer (see `static/js/keeping.js`)."""

from flask import Flask, Response, jsonify, request, session
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from marketplace.core import access
from marketplace.core.dates import format_time
from marketplace.core.errors import DomainError, StaleEdit, WrongMoment
from marketplace.core.forms import BaseForm

# The name that the script gives a form and its page; and how many may wait to be told.
FIELD = "kept_as"
NAME_MOST = 300
WAITING_MOST = 5
_SESSION = "kept_done"

# What a button of a form can ask for that saves nothing: to see the text as others will read it,
# and to have the text of a colleague and one's own below one another.
PREVIEW = "preview"
BOTH = "both"


def scripted() -> bool:
    """Tell whether the page's own script is asking, which takes its answer as JSON."""
    return request.accept_mimetypes.best == "application/json"


def saved(seen: str) -> Response:
    """Tell the script that what it sent is saved, and what the form has seen from now on."""
    now = access.clock().now()
    return jsonify(seen=seen, message=_("Saved at %(time)s.", time=format_time(now)))


def signed_out() -> tuple[Response, int]:
    """Tell the script that the session has ended: the browser keeps the text meanwhile."""
    return jsonify(message=_("Not saved: you are signed out now.")), 401


def outdated() -> tuple[Response, int]:
    """Tell the script that its page was made for another session of the same browser."""
    message = _("Not saved: this page is out of date. Load it again to go on.")
    return jsonify(message=message), 400


def refused(error: DomainError) -> tuple[Response, int]:
    """Tell the script why nothing was saved."""
    message = _(error.message, **error.data)
    if isinstance(error, StaleEdit):
        message = f"{message} {_('Press a button that saves, to see both.')}"
    return jsonify(message=message), 409 if isinstance(error, WrongMoment) else 422


def faulty(form: BaseForm) -> tuple[Response, int]:
    """Tell the script of the first thing that must be put right before anything can be saved."""
    for field in form:
        if field.errors:
            fault = _("Not saved: %(fault)s.", fault=str(field.errors[0]).rstrip("."))
            return jsonify(message=fault), 422
    return jsonify(message=_("Not saved yet.")), 422


def register(app: Flask) -> None:
    """Have the page after a save tell the browser so."""

    @app.after_request
    def note(response: Response) -> Response:
        # "See other" is the answer to a form that was taken; everything else keeps the text.
        if request.method == "POST" and response.status_code == 303:
            name = request.form.get(FIELD, "")
            if name and len(name) <= NAME_MOST:
                session[_SESSION] = [*session.get(_SESSION, []), name][-WAITING_MOST:]
        return response

    def kept_as() -> str | None:
        """Give the name of the form that was sent, if any; None where it could not be read.

        A body that is too large is refused before it is read, and once more whenever it is asked.
        """
        try:
            return request.form.get(FIELD, "")
        except RequestEntityTooLarge:
            return None

    def kept_names() -> list[str]:
        """Give the forms that were saved since the last page, once."""
        return list(session.pop(_SESSION, [])) if _SESSION in session else []

    app.jinja_env.globals.update(kept_as=kept_as, kept_names=kept_names)
