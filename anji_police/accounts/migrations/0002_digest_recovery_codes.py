from django.db import migrations

PLAIN_LENGTH = 10


def digest(apps, schema_editor):
    """Codes that were kept as they were shown become digests; those that people hold go on working."""
    from anji_police.accounts.services.own import stored_code

    for token in apps.get_model("otp_static", "StaticToken").objects.all():
        if len(token.token) == PLAIN_LENGTH:
            token.token = stored_code(token.token)
            token.save(update_fields=["token"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("otp_static", "0003_add_timestamps")]

    operations = [migrations.RunPython(digest, migrations.RunPython.noop, elidable=True)]
