"""The files that go with bids, for those who score or moderate them."""

from werkzeug.wrappers import Response

from bids.attachments.serving import file_response
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.permissions import Permission
from scoring.panel import service
from scoring.panel.views.frame import blueprint


@blueprint.get("/bids/<handle>/files/<int:place>")
@requires(Permission.SCORE_RECORD)
def file(at: Place, handle: str, place: int) -> Response:
    """Give a member a file of a bid; the reading is recorded before a byte is sent."""
    attachment, content = service.read_file(
        at, handle, place, actor=access.current_actor(), clock=access.clock()
    )
    return file_response(attachment, content)
