"""Gunicorn of the portal. Sync workers: threads were measured at half the speed, since the work is Python's own."""

import os

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS") or os.cpu_count() or 2)
worker_class = "sync"
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 5000  # a leak in a library stays small
max_requests_jitter = 500
forwarded_allow_ips = os.environ.get("PROXY_ADDRESSES", "127.0.0.1")
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108

accesslog = "-"
# The path without its query, which may hold what somebody searched for; the answer's request id ties it to the trail.
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms %({x-request-id}o)s'
