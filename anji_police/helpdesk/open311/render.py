"""Answers as the GeoReport v2 specification shapes them: the same data as XML and as JSON."""

from xml.etree import ElementTree

import orjson
from django.http import HttpResponse

# What one item of a list is called in XML.
SINGULAR = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}


def _fill(parent: ElementTree.Element, value) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _fill(ElementTree.SubElement(parent, key), item)
    elif isinstance(value, list):
        for item in value:
            _fill(ElementTree.SubElement(parent, SINGULAR[parent.tag]), item)
    elif isinstance(value, bool):
        parent.text = "true" if value else "false"
    elif value is not None:
        parent.text = str(value)


def answer(root: str, value, fmt: str, status: int = 200) -> HttpResponse:
    """`value` under the element `root` in XML; in JSON the bare value, as the specification shows it."""
    if fmt == "json":
        return HttpResponse(
            orjson.dumps(value), content_type="application/json; charset=utf-8", status=status
        )
    tree = ElementTree.Element(root)
    _fill(tree, value)
    body = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="text/xml; charset=utf-8", status=status)


def errors(fmt: str, *faults: tuple[int, str]) -> HttpResponse:
    """The error list; the first fault's code is the status."""
    found = [{"code": code, "description": text} for code, text in faults]
    return answer("errors", found, fmt, status=faults[0][0])
