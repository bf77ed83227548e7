"""Hears out a browser whose request is too large, so that it shows the page that says so.

A browser looks for an answer once it has sent everything. Answered and closed on before that, it
tells the person that the connection broke, and nothing of what was wrong.
"""

from flask import Flask, Response, request

# Beyond this nobody sends by mistake, and the connection is let break.
HEARD_MOST = 512 * 1024 * 1024
_CHUNK = 64 * 1024


def register(app: Flask) -> None:
    """Have the rest of a body that was refused unread read and thrown away, chunk by chunk."""

    @app.after_request
    def hear_out(response: Response) -> Response:
        length, most = request.content_length, request.max_content_length
        # Only then was nothing of it read: its announced length was refused.
        if response.status_code == 413 and length and most is not None and most < length:
            left = min(length, HEARD_MOST)
            while left and (chunk := request.environ["wsgi.input"].read(min(left, _CHUNK))):
                left -= len(chunk)
        return response
