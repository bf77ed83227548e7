"""Sets papers as PDF pages with their letterhead, and gives files to be saved."""

from datetime import datetime

from flask import Response
from flask_babel import gettext as _
from jinja2 import Environment

from marketplace.core.papers import Letterhead, Paper
from marketplace.core.pdf import Picture, render_pdf

_LOGO = "logo"


def pdf(paper: Paper, *, environment: Environment, created: datetime, identifier: bytes) -> bytes:
    """Set a paper as a PDF. `created` is aware; `identifier` (1 to 64 bytes) names it for good."""
    logo = paper.letterhead.logo
    html = environment.get_template("papers/paper.html").render(paper=paper)
    return render_pdf(
        html,
        title=paper.title,
        created=created,
        identifier=identifier,
        author=paper.letterhead.body,
        pictures={_LOGO: Picture(logo, "image/png")} if logo else {},
    )


def signed(head: Letterhead) -> tuple[str, ...]:
    """Give the lines that close a letter: greeting, who signs, and whom to ask."""
    signatory = "\n".join(filter(None, (head.signatory_name, head.signatory_role, head.body)))
    asks = _("If you have questions: %(contact)s", contact=head.contact) if head.contact else ""
    return tuple(filter(None, (_("Yours sincerely"), signatory, asks)))


def as_file(content: bytes, media_type: str, name: str) -> Response:
    """Give a file to be saved, never to be shown in the place of a page."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
