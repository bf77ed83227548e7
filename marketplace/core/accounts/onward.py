"""Where a person goes on after steps that lead away: an account made, its address confirmed.

The path stands in the session of the person's own browser. A link opened in another browser
knows nothing of it and leads to where everybody begins.
"""

from flask import request, session
from flask_security.utils import validate_redirect_url

_KEY = "onward"
# Longer than any page's address; the session is a cookie, which has little room.
_LONGEST = 300


def wanted() -> str | None:
    """Give the page of ours that the present request names as the next one, if it names one."""
    return _ours(request.form.get("next") or request.args.get("next"))


def keep() -> None:
    """Keep the next page through the steps to come; without one, what was kept before stays."""
    if (path := wanted()) is not None:
        session[_KEY] = path


def take() -> str | None:
    """Give the page that was kept, and let go of it."""
    return _ours(session.pop(_KEY, None))


def _ours(path: object) -> str | None:
    """Give a path on this site; whatever else a link may have planted is nothing."""
    if not isinstance(path, str) or not path.startswith("/") or len(path) > _LONGEST:
        return None
    # Browsers read a backslash as a stroke, so that the path would name another host.
    if "\\" in path or not path.isprintable():
        return None
    return path if validate_redirect_url(path) else None
