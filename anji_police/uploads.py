"""Files from outside: looked at, written anew, and kept where no URL reaches them.

Photos are decoded and encoded again, so that neither metadata (EXIF) nor anything appended survives; PDFs are rebuilt without
scripts, actions and embedded files. What a sniffer says is only the first hurdle.
"""

import hashlib
import io
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

import magic
import pikepdf
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from anji_police.errors import InvalidInput

IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
PDF = "application/pdf"
ACCEPTED = (*IMAGES, PDF)
MAX_SIDE = 4096  # pixels of the longer side that are kept
Image.MAX_IMAGE_PIXELS = settings.UPLOAD_MAX_PIXELS


@dataclass(frozen=True)
class CleanFile:
    name: str
    content_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _refuse(message: str):
    raise InvalidInput(message, fields={"files": [message]})


def clean_all(uploads) -> list[CleanFile]:
    """Safe copies of the files of one message. Takes its time, so it is called before any lock. Raises InvalidInput."""
    uploads = list(uploads)
    if len(uploads) > settings.UPLOAD_MAX_FILES:
        _refuse(_("Send at most %(count)d files. Remove one first.") % {"count": settings.UPLOAD_MAX_FILES})
    return [clean(upload) for upload in uploads]


def clean(upload) -> CleanFile:
    """A safe copy of `upload` (a Django UploadedFile). Raises InvalidInput in words that say what to do."""
    name = Path(str(upload.name).replace("\\", "/")).name[:100] or "file"
    if upload.size == 0:
        _refuse(_("“%(name)s” is empty. Choose the file again.") % {"name": name})
    if upload.size > settings.UPLOAD_MAX_BYTES:
        _refuse(
            _("“%(name)s” is larger than %(limit)d MB. Send a smaller photo or fewer pages.")
            % {"name": name, "limit": settings.UPLOAD_MAX_BYTES // 1024 // 1024}
        )
    upload.seek(0)
    content = upload.read()
    kind = magic.from_buffer(content[:4096], mime=True)
    if kind in IMAGES:
        return CleanFile(
            name, "image/jpeg" if kind == "image/webp" else kind, _clean_image(content, name, kind)
        )
    if kind == PDF:
        return CleanFile(name, PDF, _clean_pdf(content, name))
    _refuse(_("“%(name)s” is neither a photo (JPEG, PNG, WebP) nor a PDF.") % {"name": name})
    raise AssertionError


def _clean_image(content: bytes, name: str, kind: str) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=[IMAGES[kind]]) as image:
            if image.width * image.height > settings.UPLOAD_MAX_PIXELS:
                raise Image.DecompressionBombError
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            image = ImageOps.exif_transpose(image)
            image.thumbnail((MAX_SIDE, MAX_SIDE))
            out = io.BytesIO()
            if kind == "image/png":
                image = image.convert(
                    "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
                )
                image.info.clear()
                image.save(out, "PNG", optimize=False)
            else:
                image = image.convert("RGB")
                image.info.clear()  # a comment would be written again
                image.save(out, "JPEG", quality=88)
            return out.getvalue()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _refuse(_("“%(name)s” has too many pixels. Send a smaller photo.") % {"name": name})
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        _refuse(_("“%(name)s” can't be read as a photo. Take it again or send another one.") % {"name": name})
    raise AssertionError


_ACTIVE = ("/OpenAction", "/AA", "/AcroForm", "/Names", "/JavaScript", "/Collection", "/URI")


def _clean_pdf(content: bytes, name: str) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(content)) as source:
            if len(source.pages) > settings.UPLOAD_MAX_PAGES:
                _refuse(
                    _("“%(name)s” has more than %(limit)d pages.")
                    % {"name": name, "limit": settings.UPLOAD_MAX_PAGES}
                )
            copy = pikepdf.new()
            copy.pages.extend(source.pages)
            for key in _ACTIVE:
                if key in copy.Root:
                    del copy.Root[key]
            for page in copy.pages:
                for key in ("/AA", "/Annots", "/AF", "/PieceInfo", "/Metadata"):
                    if key in page:
                        del page[key]
            out = io.BytesIO()
            copy.save(out)
            return out.getvalue()
    except pikepdf.PasswordError:
        _refuse(_("“%(name)s” is protected by a password. Send it without one.") % {"name": name})
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        _refuse(_("“%(name)s” can't be read as a PDF.") % {"name": name})
    raise AssertionError


def store(file: CleanFile) -> str:
    """Write `file` under MEDIA_ROOT and onto the disk; returns its path below it. Raises OSError when that fails, so that
    nothing is accepted which is not kept."""
    path = f"{timezone.now():%Y/%m}/{uuid.uuid4().hex}"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(file.content)
        out.flush()
        os.fsync(out.fileno())
    _sync_folder(target.parent)
    _sync_folder(target.parent.parent)
    return path


def _sync_folder(folder: Path) -> None:
    """The name of a new file is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stored(path: str) -> Path:
    """Where a stored file lies. Raises ValueError for a path that leaves MEDIA_ROOT."""
    root = Path(settings.MEDIA_ROOT).resolve()
    target = (root / path).resolve()
    if root not in target.parents:
        raise ValueError("the path leaves the media folder")
    return target
