"""The trail sees every write path, and nobody can change it unseen."""

from datetime import timedelta

import pghistory
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from anji_police.accounts.models import User
from anji_police.audit import grants, services
from anji_police.audit.models import AccessEntry, AuditEntry, Seal
from anji_police.errors import InvalidInput
from anji_police.places.models import Unit

pytestmark = pytest.mark.smoke

UnitEvent = apps.get_model("places", "UnitEvent")


def make_unit(number: int = 1) -> Unit:
    return Unit.objects.create(
        code=f"33052300{number:04d}",
        name=f"第{number}派出所",
        short_name=f"{number}所",
        kind="station",
        path=f"/{number}/",
    )


@pytest.mark.django_db
def test_all_seven_write_paths_leave_one_event_each_with_the_actor():
    with pghistory.context(actor=7, actor_name="李警官", reason="试验"):
        unit = make_unit(1)
        Unit.objects.bulk_create(
            [Unit(code="x2", name="二所", short_name="二所", kind="station", path="/2/")]
        )
        unit.name = "甲"
        unit.save()
        Unit.objects.filter(pk=unit.pk).update(name="乙")
        unit.name = "丙"
        Unit.objects.bulk_update([unit], ["name"])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE places_unit SET name = '丁' WHERE id = %s", [unit.pk])
        Unit.objects.filter(pk=unit.pk).delete()
    events = list(UnitEvent.objects.order_by("pgh_id").values_list("pgh_label", "name"))
    assert events == [
        ("insert", "第1派出所"),
        ("insert", "二所"),
        ("update", "甲"),
        ("update", "乙"),
        ("update", "丙"),
        ("update", "丁"),
        ("delete", "丁"),
    ]
    assert all(e.pgh_context["actor"] == 7 for e in UnitEvent.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_auditentry", "audit_accessentry", "audit_seal", "places_unitevent"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {t} SET {k} = {k}", "DELETE FROM {t}", "TRUNCATE {t}", "ALTER TABLE {t} DISABLE TRIGGER ALL"],
)
def test_the_application_can_not_touch_the_trail(table, statement):
    key = {"audit_seal": "seq", "places_unitevent": "pgh_id"}.get(table, "id")
    with (
        pytest.raises(DatabaseError, match="permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(t=table, k=key))


@pytest.mark.django_db
def test_every_business_table_is_tracked_or_named_as_exempt():
    from pghistory.models import Event

    exempt = {
        "accounts.OldPassword",  # hashes only
        "jobs.Job",
        "jobs.Counter",
        "notifications.Notification",
        "notifications.OutboxMessage",  # its life is in its own columns
        "places.Place",  # reference data, loaded by command
        "helpdesk.Draft",  # not accepted yet, gone within a day
        "workflow.Presence",  # a heartbeat
        "ledgers.Import",  # checked rows, encrypted, emptied when taken in; what they become is tracked
        "mediation.MatchGroup",  # made by a trigger of what stands in the mediators, who are tracked
        "tracks.TrackPoint",  # the history would keep what retention deletes
        "reports.ReportRun",  # says which job makes which version; both are tracked
    }
    ours = ("anji_police", "mediation", "volunteers")
    models = [
        m
        for m in apps.get_models()
        if m.__module__.startswith(ours)
        and not issubclass(m, Event)
        and m._meta.managed
        and not m._meta.proxy
    ]
    tracked = {
        e.pgh_tracked_model
        for e in apps.get_models(include_auto_created=True)
        if issubclass(e, Event) and getattr(e, "pgh_tracked_model", None)
    }
    missing = [
        m._meta.label
        for m in models
        if m not in tracked
        and m._meta.db_table not in grants.append_only_tables()
        and m._meta.label not in exempt
    ]
    assert missing == []


@pytest.mark.django_db
def test_the_walk_names_the_first_row_that_was_changed_deleted_or_cut():
    unit = make_unit()
    with transaction.atomic():
        for n in range(3):
            services.record(actor=None, action="test.unit.changed", subject=unit, after={"n": n})
    sealed = services.seal_trail()
    assert sealed == 4  # three business events and the unit's insert
    assert services.verify_trail() == 4
    anchor = services.chain_head()
    first = AuditEntry.objects.order_by("id").first()

    def tampered(*statements):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SET session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("SET session_replication_role = DEFAULT; SET ROLE anji_app")
            try:
                with pytest.raises(services.Broken) as caught:
                    services.verify_trail(anchor=anchor)
            finally:
                transaction.set_rollback(True)
        return str(caught.value)

    assert f"audit_auditentry row {first.pk} was changed" in tampered(
        f"UPDATE audit_auditentry SET after = '{{\"n\": 9}}' WHERE id = {first.pk}"
    )
    assert f"audit_auditentry row {first.pk} was deleted" in tampered(
        f"DELETE FROM audit_auditentry WHERE id = {first.pk}"
    )
    assert "seal 2 is missing" in tampered("DELETE FROM audit_seal WHERE seq = 2")
    assert "anchor" in tampered("DELETE FROM audit_seal WHERE seq > 2")
    assert services.verify_trail(anchor=anchor) == 4


@pytest.mark.django_db
def test_a_row_forged_into_the_past_is_sealed_as_new_and_a_second_seal_of_a_row_is_impossible():
    make_unit()
    services.seal_trail()
    assert services.seal_trail() == 0
    seal = Seal.objects.get(seq=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Seal.objects.create(seq=2, source=seal.source, row_id=seal.row_id, digest="", prev_hash="", hash="")


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="outside a transaction"):
        services.record(actor=None, action="x.y.z")


@pytest.mark.django_db
def test_revealing_needs_a_reason_and_leaves_a_row_before_the_value_is_given():
    from anji_police.notifications.models import OutboxMessage

    officer = User.objects.create(username="li", name="李警官")
    message = OutboxMessage.objects.create(channel="sms", key="k", recipient="13812345678")
    with pytest.raises(InvalidInput):
        services.reveal(actor=officer, subject=message, fields=["recipient"], reason=" ")
    assert not AccessEntry.objects.exists()
    shown = services.reveal(actor=officer, subject=message, fields=["recipient"], reason="核对来电人")
    assert shown == {"recipient": "13812345678"}
    row = AccessEntry.objects.get()
    assert (row.actor_name, row.fields, row.reason) == ("李警官", ["recipient"], "核对来电人")


@pytest.mark.django_db
def test_the_minute_s_seal_looks_at_the_end_and_the_night_s_at_all():
    """A row whose transaction outlived the hour comes in behind rows that were sealed long ago."""
    with transaction.atomic():
        late = services.record(actor=None, action="workflow.rule.changed").pk
        early = services.record(actor=None, action="workflow.rule.changed").pk
    Seal.objects.create(
        seq=1,
        source="audit_auditentry",
        row_id=early,
        digest="0" * 64,
        prev_hash="0" * 64,
        hash="0" * 64,
        sealed_at=timezone.now() - timedelta(hours=2),
    )
    sealed = Seal.objects.filter(source="audit_auditentry").values_list("row_id", flat=True)
    services.seal_trail()
    assert late not in sealed.all()
    services.seal_trail(whole=True)
    assert set(sealed.all()) == {late, early}
