from anji_police.accounts.views import administration, own
from anji_police.accounts.views.own import locked_out

__all__ = ["administration", "locked_out", "own"]
