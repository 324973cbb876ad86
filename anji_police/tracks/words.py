"""What the codes of a track mean, for the person whose track it is."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "zero": _("position 0, 0: the receiver had none yet"),
    "future": _("time in the future"),
    "outside_time": _("outside the time of duty; not kept"),
    "inaccurate": _("accuracy not good enough"),
    "duplicate": _("repeated"),
    "too_fast": _("a leap that nobody can walk or drive"),
    "no_time": _("no time"),
}
DOUBTS = {
    "no_time": _("The track names no times."),
    "mock": _("The phone reports positions made by another program."),
    "nothing_counts": _("No position could be used."),
    "many_dropped": _("Many positions could not be used."),
    "leaps": _("The track leaps again and again."),
}
NOTES = {
    "no_time": _("positions without a time"),
    "no_offset": _("times without an offset, taken as UTC"),
    "times_differ": _("other numbers of times and places: no time is trusted"),
    "bad_point": _("positions that can't be read"),
    "other_message": _("messages that are no position"),
}
