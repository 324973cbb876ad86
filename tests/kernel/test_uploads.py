"""What comes from outside is looked at by content and written anew."""

import io

import pikepdf
import pytest
from PIL import Image

from anji_police import uploads
from anji_police.errors import InvalidInput
from tests.helpdesk.files import jpeg, named, pdf, png

pytestmark = pytest.mark.usefixtures("english")


def test_a_photo_loses_its_position_and_whatever_was_hung_on():
    original = jpeg()
    dirty = named(original.read() + b"<script>alert(1)</script>", "a.jpg")
    clean = uploads.clean(dirty)
    assert b"script" not in clean.content
    assert b"Anji Camera" not in clean.content
    with Image.open(io.BytesIO(clean.content)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (320, 240), {})


def test_a_pdf_loses_its_script():
    clean = uploads.clean(pdf())
    with pikepdf.open(io.BytesIO(clean.content)) as document:
        assert "/OpenAction" not in document.Root
        assert len(document.pages) == 1
    assert b"app.alert" not in clean.content


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (named(b"", "a.jpg"), "is empty"),
        (named(b"<html><script>", "a.jpg"), "neither a photo"),
        (named(b"\xff\xd8\xff\xe0" + b"\x00" * 200, "a.jpg"), "can.t be read"),
        (named(b"%PDF-1.7 nonsense", "a.pdf"), "can.t be read"),
        (named(b"GIF89a<?php ?>", "a.gif"), "neither a photo"),
        (pdf(password="geheim"), "password"),
        (pdf(pages=51), "50"),
    ],
)
def test_a_file_that_can_not_be_taken_is_refused_in_words(file, words):
    with pytest.raises(InvalidInput, match=words):
        uploads.clean(file)


def test_too_many_bytes_or_pixels_are_refused(settings):
    settings.UPLOAD_MAX_BYTES = 100
    with pytest.raises(InvalidInput, match="MB"):
        uploads.clean(jpeg())
    settings.UPLOAD_MAX_BYTES, settings.UPLOAD_MAX_PIXELS = 10_000_000, 1000
    with pytest.raises(InvalidInput, match="pixels"):
        uploads.clean(png())


def test_a_stored_path_can_not_leave_the_media_folder(settings):
    path = uploads.store(uploads.clean(png()))
    assert uploads.stored(path).read_bytes()[:4] == b"\x89PNG"
    assert uploads.stored(path).stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="leaves"):
        uploads.stored("../../etc/passwd")
