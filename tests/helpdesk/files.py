"""Real files to upload: a photo with EXIF, a PDF with a script, and things that only pretend to be."""

import io

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def jpeg(name: str = "现场.jpg", size=(320, 240), gps: bool = True) -> SimpleUploadedFile:
    out = io.BytesIO()
    image = Image.new("RGB", size, (40, 120, 90))
    exif = Image.Exif()
    if gps:
        exif[0x010F] = "Anji Camera"
        exif.get_ifd(0x8825)[2] = (30.0, 37.0, 12.0)
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def png(name: str = "屏幕.png", size=(64, 64)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGBA", size, (1, 2, 3, 128)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def pdf(name: str = "材料.pdf", pages: int = 1, password: str = "") -> SimpleUploadedFile:
    out = io.BytesIO()
    document = pikepdf.new()
    for _n in range(pages):
        document.add_blank_page(page_size=(595, 842))
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")
    encryption = pikepdf.Encryption(owner=password, user=password) if password else False
    document.save(out, encryption=encryption)
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


def named(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")
