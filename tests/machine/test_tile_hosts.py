"""The content security policy knows the national map's tile hosts when, and only when, its key is set."""

import os
import subprocess
import sys

import pytest

from tests.machine.conftest import ROOT

ASK = (
    "import django; django.setup(); from django.test import Client; "
    "print(Client(headers={'host': 'localhost'}).get('/livez')['Content-Security-Policy'])"
)


@pytest.mark.parametrize("key", ["", "a-key"])
def test_images_come_from_the_tile_hosts_only_with_a_key(key):
    environ = os.environ | {"TIANDITU_KEY": key, "DJANGO_SETTINGS_MODULE": "anji_police.settings"}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    images = next(part for part in ran.stdout.strip().split("; ") if part.startswith("img-src"))
    hosts = [word for word in images.split() if "tianditu" in word]
    assert hosts == ([f"https://t{n}.tianditu.gov.cn" for n in range(8)] if key else [])
    assert ran.stdout.count("tianditu") == len(hosts)  # in no other directive
