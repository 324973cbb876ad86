from django.http import HttpResponse


def login(request):
    return HttpResponse("")


def locked_out(request, credentials, *args, **kwargs):
    return HttpResponse("", status=429)
