import io

import pytest

from anji_police.places import mapbase, reference


@pytest.fixture
def county(db):
    """The real divisions, outlines and units."""
    reference.load(io.StringIO())
    mapbase.forget()
    yield
    mapbase.forget()
