"""What comes from outside is looked at by content and written anew."""

import io
import os

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


def test_a_photo_loses_its_comment():
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "JPEG", comment=b"taken by Wang, 13812345678")
    assert b"13812345678" in out.getvalue()
    assert b"13812345678" not in uploads.clean(named(out.getvalue(), "a.jpg")).content


def test_a_page_loses_what_was_attached_to_it():
    document = pikepdf.new()
    page = document.add_blank_page()
    hidden = document.make_stream(b"MZ hidden program")
    page.AF = pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Filespec, EF=pikepdf.Dictionary(F=hidden))])
    page.Metadata = document.make_stream(b"<x>author Wang</x>")
    out = io.BytesIO()
    document.save(out)
    clean = uploads.clean(named(out.getvalue(), "a.pdf")).content
    with pikepdf.open(io.BytesIO(clean)) as document:
        assert not {"/AF", "/Metadata"} & set(document.pages[0].keys())
        streams = [bytes(o.read_bytes()) for o in document.objects if isinstance(o, pikepdf.Stream)]
    assert not any(b"hidden program" in stream or b"author Wang" in stream for stream in streams)


def test_the_name_of_a_stored_file_is_on_the_disk_before_it_is_accepted(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    synced = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (synced.append(os.readlink(f"/proc/self/fd/{handle}")), real(handle))
    )
    path = uploads.store(uploads.clean(png()))
    assert str((tmp_path / path).parent) in synced


def test_more_files_than_a_message_may_have_are_refused(settings):
    settings.UPLOAD_MAX_FILES = 2
    with pytest.raises(InvalidInput, match="at most 2"):
        uploads.clean_all([png(), png(), png()])
