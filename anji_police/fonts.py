"""Which typefaces the drawn papers use, and what stands in for those that are not installed.

GB/T 9704-2012 names FangSong, KaiTi, HeiTi, XiaoBiaoSong and SongTi. Most of them aren't free, so the bureau puts its own
licensed files into one of FONT_DIRS; until then Noto CJK stands in, and each substitution is kept with the drawn paper
and shown on its page. Fonts of the machine outside FONT_DIRS are never used: the bytes must not depend on the host.
"""

from dataclasses import asdict, dataclass
from functools import lru_cache

import typst
from django.conf import settings

# Role in the standard -> (its name in words, families that are that face, stand-in family, stand-in weight).
FACES: dict[str, tuple[str, tuple[str, ...], str, str]] = {
    "fangsong": (
        "仿宋",
        ("FangSong_GB2312", "FangSong", "仿宋_GB2312", "仿宋", "STFangsong", "FZFangSong-Z02S"),
        "Noto Serif CJK SC",
        "regular",
    ),
    "kaiti": (
        "楷体",
        ("KaiTi_GB2312", "KaiTi", "楷体_GB2312", "楷体", "STKaiti", "FZKai-Z03S"),
        "Noto Serif CJK SC",
        "regular",
    ),
    "heiti": ("黑体", ("SimHei", "黑体", "STHeiti", "FZHei-B01S"), "Noto Sans CJK SC", "regular"),
    "xiaobiaosong": (
        "小标宋",
        ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", "FZXBSJW--GB1-0"),
        "Noto Serif CJK SC",
        "bold",
    ),
    "songti": (
        "宋体",
        ("SimSun", "NSimSun", "宋体", "STSong", "FZShuSong-Z01S"),
        "Noto Serif CJK SC",
        "regular",
    ),
}
CHART_FAMILY = "Noto Sans CJK SC"


@dataclass(frozen=True)
class Face:
    """One face as it will be drawn. `substituted` is True when the standard's own face is not installed."""

    role: str
    wanted: str
    family: str
    weight: str
    substituted: bool

    def as_dict(self) -> dict:
        return asdict(self)


@lru_cache(maxsize=4)
def library(folders: tuple[str, ...] | None = None) -> typst.Fonts:
    """All fonts of `folders` (FONT_DIRS unless given), read once a process; system fonts are left out."""
    from pathlib import Path

    if folders is None:
        folders = tuple(settings.FONT_DIRS)
    existing = [folder for folder in folders if Path(folder).is_dir()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=existing)


def faces(folders: tuple[str, ...] | None = None) -> list[Face]:
    """The face for each role, with its stand-in where the standard's own face is missing."""
    installed = {family.casefold(): family for family in library(folders).families()}
    found = []
    for role, (wanted, families, stand_in, weight) in FACES.items():
        own = next((installed[name.casefold()] for name in families if name.casefold() in installed), None)
        found.append(
            Face(role, wanted, own or stand_in, "regular" if own else weight, substituted=own is None)
        )
    return found


def missing(folders: tuple[str, ...] | None = None) -> list[str]:
    """Families that a paper would be drawn with but that are not installed at all: Chinese text would be unreadable."""
    installed = {family.casefold() for family in library(folders).families()}
    needed = {face.family for face in faces(folders)} | {CHART_FAMILY}
    return sorted(family for family in needed if family.casefold() not in installed)
