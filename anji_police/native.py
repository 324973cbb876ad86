"""Finds the native geometry libraries inside the wheels that ship them.

Debian 12's GDAL 3.6 fetches addresses that stand in spatial reference strings; the GDAL 3.12 in the pyogrio wheel does
not, and needs no Debian package. GEOS comes from the shapely wheel.
"""

from importlib.util import find_spec
from pathlib import Path


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ImportError(f"{package} is not installed: run bin/up, which installs it")
    return Path(spec.origin).parent


def _library(package: str, pattern: str) -> str:
    folder = _folder(package).with_name(f"{package}.libs")
    found = sorted(folder.glob(pattern))
    if not found:
        raise ImportError(f"no {pattern} in {folder}: install {package} as a wheel")
    return str(found[0])


def gdal() -> str:
    return _library("pyogrio", "libgdal*.so*")


def geos() -> str:
    return _library("shapely", "libgeos_c*.so*")


def proj_data() -> str:
    return str(_folder("pyogrio") / "proj_data")


def gdal_data() -> str:
    return str(_folder("pyogrio") / "gdal_data")
