"""What can be a body's logo."""

import io

import pytest
from PIL import Image, ImageFile

from marketplace.core.letterheads.pictures import BadLogo, logo_of


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_half_a_picture_is_damaged_even_where_another_library_would_have_it(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = io.BytesIO()
    Image.effect_noise((120, 40), 60).save(held, kind)
    whole = held.getvalue()
    # As WeasyPrint sets it when it is imported.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    with Image.open(io.BytesIO(logo_of(whole))) as logo:
        assert (logo.format, logo.size) == ("PNG", (120, 40))
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(BadLogo, match="damaged"):
        logo_of(whole[: len(whole) // 2])
