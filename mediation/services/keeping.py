"""The whole file of an archived dispute, drawn once in the background and kept for good."""

import io

import pikepdf

from anji_police import uploads
from anji_police.accounts.models import User
from anji_police.jobs import services as jobs
from mediation.models import CaseFile, Dispute
from mediation.services import drawing
from mediation.services.common import record

KEEP = "mediation.case_file"


def ask(dispute: Dispute, actor: User) -> None:
    """Ask for the file inside the transaction that archives."""
    payload = {"dispute": dispute.pk, "by": actor.pk}
    jobs.enqueue(KEEP, key=f"{KEEP}:{dispute.pk}", payload=payload, owner=actor)


def keep(*, dispute_id: int, by: int, progress):
    """Draw the file; returns what writes it down in the job's last transaction, or None when it is kept already."""
    dispute = Dispute.objects.select_related("unit", "mediator", "registered_by").get(pk=dispute_id)
    if CaseFile.objects.filter(dispute=dispute).exists():
        return None
    actor = User.objects.get(pk=by)
    content = drawing.whole(dispute, filed_by=actor, progress=progress)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages = len(pdf.pages)
    clean = uploads.CleanFile(f"{dispute.code}.pdf", uploads.PDF, content)

    def finish() -> None:
        row = CaseFile.objects.create(
            dispute=dispute,
            path=uploads.store(clean),
            size=len(content),
            pages=pages,
            sha256=clean.sha256,
            filed_by=actor,
        )
        record(actor, "case-file-kept", dispute, after={"sha256": row.sha256, "pages": pages})

    return finish
