from django.urls import path, register_converter
from django.urls.converters import StringConverter

from anji_police.helpdesk.public import tracking, views

app_name = "public"


class Hotline(StringConverter):
    regex = "110|96110"


register_converter(Hotline, "hotline")
urlpatterns = [
    path("", views.start, name="start"),
    path("ask/questions/", views.ask_questions, name="questions"),
    path("ask/call/<hotline:number>/", views.stop, name="stop"),
    path("ask/called/", views.called, name="called"),
    path("ask/story/", views.story, name="story"),
    path("ask/place/", views.place, name="place"),
    path("ask/files/", views.files, name="files"),
    path("ask/files/<uuid:uid>/drop/", views.drop_file, name="drop-file"),
    path("ask/contact/", views.contact, name="contact"),
    path("ask/check/", views.check, name="check"),
    path("ask/done/", views.done, name="done"),
    path("ask/done/receipt.pdf", views.receipt_pdf, name="receipt"),
    path("ask/another/", views.another, name="another"),
    path("privacy/", views.privacy, name="privacy"),
    path("track/", tracking.track, name="track"),
    path("track/request/", tracking.tracked, name="tracked"),
    path("track/request/reply/", tracking.reply, name="reply"),
    path("track/request/rate/", tracking.rate, name="rate"),
    path("track/request/withdraw/", tracking.withdraw, name="withdraw"),
    path("track/request/files/<uuid:uid>/", tracking.download, name="file"),
    path("track/leave/", tracking.leave, name="leave"),
]
