from anji_police.jobs.registry import handler
from mediation.services import keeping


# A file with hundreds of scanned pages takes minutes; each paper of it tells of its progress.
@handler(keeping.KEEP, long=True, lease_seconds=600)
def keep_case_file(job, progress):
    return keeping.keep(dispute_id=job.payload["dispute"], by=job.payload["by"], progress=progress)
