"""Takes a logo in: a PNG or JPEG picture, drawn anew, so that nothing but the picture is kept."""

import io
import warnings
from typing import Final

from marketplace.core.errors import Invalid
from marketplace.core.text import N_

LOGO_MOST: Final = 2 * 1024 * 1024
# Pixels; more than print needs at the size it is shown.
_SIDE_MOST: Final = 1200
_AREA_MOST: Final = 25_000_000


class BadLogo(Invalid):
    """A picture cannot be a logo; the message stands by its field, `logo`."""

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"logo": message})


def logo_of(content: bytes) -> bytes:
    """Give a picture as a PNG of at most 1,200 pixels a side, without anything else it held.

    Raises:
        BadLogo: it is neither PNG nor JPEG, is damaged, or too large.
    """
    from PIL import Image, ImageFile, UnidentifiedImageError

    if len(content) > LOGO_MOST:
        raise BadLogo(N_("The picture is larger than 2 MB. Make it smaller"))
    # WeasyPrint, once imported, has the whole process take half a picture for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
            if picture.width * picture.height > _AREA_MOST:
                raise BadLogo(N_("The picture has too many pixels. Make it smaller"))
            drawn = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except UnidentifiedImageError:
        raise BadLogo(N_("Choose a picture as PNG or JPEG")) from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ):
        raise BadLogo(N_("The picture is damaged. Save it again")) from None
    drawn.thumbnail((_SIDE_MOST, _SIDE_MOST))
    fresh = Image.new(drawn.mode, drawn.size)
    fresh.paste(drawn)
    written = io.BytesIO()
    fresh.save(written, "PNG", optimize=True)
    return written.getvalue()
