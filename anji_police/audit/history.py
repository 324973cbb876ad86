"""Row history: database triggers copy every insert, update and delete of a tracked table, whatever path wrote it."""

import pghistory


def tracked(model=None, *, exclude: list[str] | None = None):
    """Class decorator for a business table: `@tracked` or `@tracked(exclude=["last_seen_at"])`.

    `exclude` names columns that are no business facts (a heartbeat) or must not be copied (a password hash). The
    context (actor, reason, request) is kept with each event: there is no shared table that would have to be updated.
    """

    def decorate(cls):
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=exclude,
            context_field=pghistory.ContextJSONField(null=True),
            append_only=True,
        )(cls)

    return decorate(model) if model is not None else decorate
