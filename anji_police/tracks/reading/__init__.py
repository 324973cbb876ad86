"""Files of tracks by other makers, read into points: GPX, KML, KMZ and OwnTracks. A file is read whole or refused with a reason.

Positions are WGS-84 (EPSG:4326), longitude first; times are aware. A point without a time has none: it is never guessed.
"""

import io
import math
import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime

import defusedxml
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

from anji_police.errors import InvalidInput

MAX_BYTES = 20 * 1024 * 1024
MAX_POINTS = 200_000
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")


@dataclass(frozen=True)
class RawPoint:
    """One position as its device told it. `accuracy_m`: radius in metres; `speed_mps`: metres a second."""

    lon: float
    lat: float
    at: datetime | None = None
    accuracy_m: float | None = None
    speed_mps: float | None = None
    is_mock: bool = False


@dataclass
class Reading:
    """What a file holds. `notes` counts what was left out or is missing, by code (see NOTES)."""

    kind: str
    segments: list[list[RawPoint]] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)

    def note(self, code: str, count: int = 1) -> None:
        self.notes[code] = self.notes.get(code, 0) + count

    @property
    def points(self) -> list[RawPoint]:
        return [point for segment in self.segments for point in segment]


def refuse(message: str):
    raise InvalidInput(message, fields={"file": [message]})


def read(content: bytes, *, name: str = "") -> Reading:
    """The track in `content`, told by what it holds and not by its name. Raises InvalidInput with a reason to act on."""
    from anji_police.tracks.reading import gpx, kml, owntracks

    if not content.strip():
        refuse(_("The file is empty. Export the track again."))
    if len(content) > MAX_BYTES:
        refuse(
            _("The file is larger than %(limit)d MB. Export a shorter track.")
            % {"limit": MAX_BYTES // 1024 // 1024}
        )
    if content[:4] == b"PK\x03\x04":
        found = kml.read(parsed(_out_of_kmz(content), tolerant=True))
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        found = owntracks.read(content)
    else:
        text = decoded(content)
        head = text[:4000].lower()
        if "<gpx" in head or ":gpx" in head:
            found = gpx.read(text)
        elif "<kml" in head or "<placemark" in head or "<document" in head:
            found = kml.read(parsed(text, tolerant=True))
        elif owntracks.looks_like_rec(text):
            found = owntracks.read_rec(text)
        else:
            refuse(_("This is no track file. Choose a GPX, KML, KMZ or OwnTracks file."))
            raise AssertionError
    found.segments = [segment for segment in found.segments if segment]
    if not found.segments:
        refuse(_("The file holds no position. Check that it is the track, not a list of places."))
    if len(found.points) > MAX_POINTS:
        refuse(
            _("The file holds more than %(limit)d positions. Export a shorter track.") % {"limit": MAX_POINTS}
        )
    untimed = sum(point.at is None for point in found.points)
    if untimed:
        found.note("no_time", untimed)
    return found


def decoded(content: bytes) -> str:
    """`content` as text, by its byte-order mark or XML head, else UTF-8, else GB 18030. Raises InvalidInput."""
    named = _ENCODING.match(content[:200])
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        tried = ["utf-16"]
    elif named:
        name = named[1].decode().lower()
        tried = ["gb18030" if name.startswith(("gb", "x-gb", "cp936")) else name, "utf-8-sig", "gb18030"]
    else:
        tried = ["utf-8-sig", "gb18030"]
    for encoding in tried:
        try:
            return _XML_HEAD.sub("", content.decode(encoding).replace("\x00", "").lstrip("\ufeff"))
        except (UnicodeDecodeError, LookupError):
            continue
    refuse(_("The file's text can't be read. Export it as UTF-8."))
    raise AssertionError


# What makers put into a description: bare HTML, which is no XML. No position is ever in there.
_WORDS = re.compile(r"<(description|text|Snippet|name)(\s[^>]*)?>.*?</\1>", re.S)
_PREFIX = re.compile(r"<(/?)[A-Za-z_][\w.-]*:")
_PREFIXED = re.compile(r"\s[A-Za-z_][\w.-]*:([A-Za-z_][\w.-]*)=")


def parsed(text: str, *, tolerant: bool = False):
    """The root element of an XML text. DTDs and entities are refused. `tolerant`: a second try without descriptions and
    prefixes, which is what makers break. Raises InvalidInput."""
    tries = [text]
    if tolerant:
        tries.append(_PREFIXED.sub(r" \1=", _PREFIX.sub(r"<\1", _WORDS.sub("", text))))
    fault = ""
    for one in tries:
        try:
            return fromstring(one, forbid_dtd=True)
        except defusedxml.DefusedXmlException:
            refuse(
                _("The file declares entities or a document type, which a track never needs. It is refused.")
            )
        except ParseError as error:
            fault = fault or _("line %(line)d") % {"line": error.position[0]}
        except (ValueError, RecursionError) as error:
            fault = fault or str(error)[:80]
    refuse(_("The file is no well-formed XML (%(fault)s). Export the track again.") % {"fault": fault})
    raise AssertionError


def _out_of_kmz(content: bytes) -> str:
    """The KML in a KMZ. What unpacks to more than MAX_BYTES is not unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [info for info in archive.infolist() if info.filename.lower().endswith(".kml")]
            if not inside:
                refuse(_("There is no KML in the archive."))
            first = min(inside, key=lambda info: (info.filename.lower() != "doc.kml", info.filename))
            with archive.open(first) as file:
                text = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        refuse(_("The archive can't be opened. Export the track again, without a password."))
        raise AssertionError from None
    if len(text) > MAX_BYTES:
        refuse(_("The archive unpacks to more than %(limit)d MB.") % {"limit": MAX_BYTES // 1024 // 1024})
    return decoded(text)


def number(text) -> float | None:
    """A finite number, or None."""
    try:
        found = float(text)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def on_globe(lon: float | None, lat: float | None) -> bool:
    return lon is not None and lat is not None and -180 <= lon <= 180 and -90 <= lat <= 90


def local(tag) -> str:
    """An element's name without its namespace."""
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def instant(text: str | None) -> tuple[datetime | None, bool]:
    """(the instant, whether it named its offset) of an ISO 8601 text; (None, True) where it can't be read.

    GPX and KML count in UTC where no offset is named.
    """
    text = (text or "").strip()
    if not text:
        return None, True
    match = re.fullmatch(
        r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d+))?\s*(Z|z|[+-]\d{2}:?\d{2})?", text
    )
    if match is None:
        return None, True
    day, clock, fraction, offset = match.groups()
    spelt = f"{day}T{clock}{'.' + fraction[:6].ljust(6, '0') if fraction else ''}"
    try:
        found = datetime.fromisoformat(spelt + ("+00:00" if not offset or offset in "Zz" else offset))
    except ValueError:
        return None, True
    return found.astimezone(UTC), bool(offset)
