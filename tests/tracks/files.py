"""Track files in the manner of several makers, around 孝源街道 (119.55 E, 30.65 N)."""

import io
import zipfile

GPX_HEAD = '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'


def gpx(*segments, head: str = GPX_HEAD) -> bytes:
    """Segments of (lon, lat, time or None) as GPX 1.1."""
    body = "".join(
        "<trkseg>"
        + "".join(
            f'<trkpt lat="{lat}" lon="{lon}">{f"<time>{at}</time>" if at else ""}</trkpt>'
            for lon, lat, at in points
        )
        + "</trkseg>"
        for points in segments
    )
    return f"{head}<trk><name>巡防</name>{body}</trk></gpx>".encode()


# A phone app of the mountains: several segments, offsets of Beijing, sub-seconds, byte-order mark, extensions, waypoints beside.
OFFSETS = (
    "\ufeff"
    + """<?xml version="1.0" encoding="utf-8"?>
<gpx version="1.0" creator="app" xmlns="http://www.topografix.com/GPX/1/0" xmlns:e="http://x.example/1">
<wpt lat="30.60" lon="119.50"><name>集合点</name></wpt>
<trk><trkseg>
<trkpt lat="30.6500" lon="119.5500"><ele>12</ele><time>2026-11-03T19:59:58.123+08:00</time><hdop>1.2</hdop></trkpt>
<trkpt lat="30.6510" lon="119.5500"><time>2026-11-03T20:01:00,5+0800</time><extensions><e:accuracy>8</e:accuracy></extensions></trkpt>
</trkseg><trkseg>
<trkpt lat="30.6520" lon="119.5500"><time>2026-11-03T12:02:00.123456789Z</time></trkpt>
<trkpt lat="30.6530" lon="119.5500"><time>2026-11-03T12:03:00</time></trkpt>
<trkpt lat="" lon="119.55"><time>2026-11-03T12:04:00Z</time></trkpt>
</trkseg></trk></gpx>
"""
).encode()

# An outdoor site of China: bare HTML in the description, an undeclared prefix, times and places apart.
HTML_KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>夜巡 & 回程</name>
<Placemark><description><div>全程 <b>2.1 km<br>用时 35 分</div></description>
<gx:Track><when>2026-11-03T12:00:00Z</when><when>2026-11-03T12:01:00Z</when><when>2026-11-03T12:02:00Z</when>
<gx:coord>119.55 30.650 10</gx:coord><gx:coord>119.55 30.651 11</gx:coord><gx:coord>119.55 30.652 12</gx:coord></gx:Track>
</Placemark></Document></kml>""".encode()

MULTI_KML = b"""<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Placemark><gx:MultiTrack>
<gx:Track><when>2026-11-03T12:00:00Z</when><gx:coord>119.55 30.650 0</gx:coord><when>2026-11-03T12:01:00Z</when><gx:coord>119.55 30.651 0</gx:coord></gx:Track>
<gx:Track><when>2026-11-03T12:05:00Z</when><gx:coord>119.55 30.655 0</gx:coord><gx:coord>119.55 30.656 0</gx:coord></gx:Track>
</gx:MultiTrack></Placemark></kml>"""

LINE_KML = b"""<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><LineString><coordinates>
119.55,30.650,0 119.55, 30.651 ,0
119.55,30.652</coordinates></LineString></Placemark></Document></kml>"""

GBK_KML = """<?xml version="1.0" encoding="GB2312"?><kml><Document><name>孝源夜巡</name><Placemark><LineString><coordinates>119.55,30.65,0 119.55,30.651,0</coordinates></LineString></Placemark></Document></kml>""".encode(
    "gb18030"
)

OWNTRACKS = b"""[{"_type":"lwt","tst":1},
{"_type":"location","lat":30.65,"lon":119.55,"acc":12,"vel":4,"tst":"1793707200","batt":80,"t":"u"},
{"_type":"location","lat":30.651,"lon":119.55,"acc":4000,"tst":1793707260},
{"_type":"location","lat":30.652,"lon":119.55,"acc":10,"tst":1793707320}]"""

REC = (
    b'2026-11-03T12:00:00Z\t*                 \t{"_type":"location","lat":30.65,"lon":119.55,"acc":5,"tst":1793707200}\n'
    b'2026-11-03T12:01:00Z\tlwt               \t{"_type":"lwt","tst":1793707210}\nbroken line\n'
    b'2026-11-03T12:01:00Z\t*                 \t{"_type":"location","lat":30.651,"lon":119.55,"acc":5,"tst":1793707260}\n'
)

BOMB = b"""<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<gpx><trk><trkseg><trkpt lat="30" lon="119"><name>&b;</name></trkpt></trkseg></trk></gpx>"""

OUTSIDE_ENTITY = (
    b"""<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx><trk><name>&x;</name></trk></gpx>"""
)


def kmz(content: bytes, name: str = "doc.kml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images/logo.png", b"x")
        archive.writestr(name, content)
    return out.getvalue()
