"""A browser without script: it sends forms with the hidden fields that their pages gave it."""

import contextvars
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.core.database import db


class Browser(FlaskClient):
    """Makes each request in a context of its own, as a server does, where the test has one open."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request; what it changed is seen by the test afterwards."""
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.rollback()
        return answer


def hidden_fields(page: str) -> dict[str, str]:
    """Give the hidden fields of the last form on a page, which is the one it is about."""
    form = re.findall(r'<form[^>]*method="post".*?</form>', page, re.S)[-1]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        if 'type="hidden"' in tag:
            name = re.search(r'name="([^"]*)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            assert name is not None
            found[name[1]] = unescape(value[1]) if value else ""
    return found


def send(client: FlaskClient, path: str, data: Mapping[str, object]) -> TestResponse:
    """Load a page and send its last form, filled in with `data`, to where it goes."""
    page = client.get(path).text
    action = re.findall(r'<form[^>]*method="post"[^>]*>', page)[-1]
    target = re.search(r'action="([^"]+)"', action)
    return client.post(target[1] if target else path, data={**hidden_fields(page), **data})
