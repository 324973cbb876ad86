"""A whole portal on databases of its own, whose parts can be killed: for tests of what survives.

Postgres and Redis run with the settings that bin/up gives them, durable, in a folder that goes with the test.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READY_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgres_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if not found:
        raise RuntimeError("PostgreSQL's programs are missing: bin/test installs them")
    return found[-1].parent


class Stack:
    """Postgres, Redis, two web workers, a Celery worker, beat and the relay, each a process of our own."""

    def __init__(self, more: dict[str, str] | None = None) -> None:
        self.more = more or {}
        self.folder = Path(tempfile.mkdtemp(prefix="portal-faults-"))
        self.port, self.redis_port = free_port(), free_port()
        self.bin = postgres_bin()
        self.running: dict[str, subprocess.Popen] = {}
        self.unprivileged = os.getuid() == 0
        for name in ("pg", "redis", "media", "log"):
            (self.folder / name).mkdir()
        if self.unprivileged:
            self.folder.chmod(0o755)
            for name in ("pg", "redis"):
                shutil.chown(self.folder / name, self._user(name))

    def _user(self, name: str) -> str:
        wanted = {"pg": "postgres", "redis": "redis"}[name]
        return wanted if wanted in {entry.pw_name for entry in pwd.getpwall()} else "postgres"

    def _as(self, name: str) -> list[str]:
        if not self.unprivileged:
            return []
        entry = pwd.getpwnam(self._user(name))
        return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--init-groups", "--"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def database(self, role: str) -> str:
        return f"postgresql://{role}@/portal?host={self.folder / 'pg'}&port=5432"

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("DATABASE", "DJANGO", "PORTAL", "TEST_"))
        }
        return kept | {
            "DJANGO_SETTINGS_MODULE": "anji_police.settings",
            "DATABASE_URL": self.database("anji_app"),
            "DATABASE_OWNER_URL": self.database("anji_owner"),
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "SECRET_KEY": "faults-" + "x" * 60,
            "FIELD_KEYS": os.environ["FIELD_KEYS"],
            "INDEX_KEYS": os.environ["INDEX_KEYS"],
            "PORTAL_VAR": str(self.folder),
            "PORTAL_MEDIA": str(self.folder / "media"),
            "PORT": str(self.port),
            "WEB_WORKERS": "2",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            **self.more,
        }

    # -- start and stop --------------------------------------------------------------------------------------------
    def start(self) -> None:
        data = self.folder / "pg" / "data"
        self._call([*self._as("pg"), str(self.bin / "initdb"), "-D", str(data), "-A", "trust", "-E", "UTF8",
                    "--locale=C", "--lc-ctype=C.UTF-8", "-U", "postgres"])  # fmt: skip
        self.start_postgres()
        self.sql(
            "CREATE ROLE anji_app LOGIN; CREATE ROLE anji_owner LOGIN; GRANT anji_app TO anji_owner",
            database="postgres",
        )
        self.sql("CREATE DATABASE portal OWNER anji_owner", database="postgres")
        self.sql(
            "CREATE EXTENSION postgis; CREATE EXTENSION btree_gist; ALTER SCHEMA public OWNER TO anji_owner"
        )
        self.manage("migrate", "-v0", owner=True)
        self.manage("collectstatic", "--noinput", "-v0")
        self.manage("load_reference", owner=True)
        self.start_redis()
        for name in ("web", "worker", "beat", "relay"):
            self.start_program(name)
        self.wait_until(
            lambda: requests.get(f"{self.url}/readyz", timeout=5).status_code == 200, "the portal to be ready"
        )

    def _call(self, command: list[str], **kwargs) -> None:
        done = subprocess.run(command, capture_output=True, text=True, cwd=kwargs.pop("cwd", "/"), **kwargs)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout[-2000:]} {done.stderr[-2000:]}")

    def manage(self, *arguments: str, owner: bool = False) -> None:
        environment = self.environment | ({"PORTAL_DB_ROLE": "owner"} if owner else {})
        self._call([sys.executable, str(ROOT / "manage.py"), *arguments], env=environment, cwd=str(ROOT))

    def sql(self, statements: str, database: str = "portal") -> str:
        command = [str(self.bin / "psql"), "-h", str(self.folder / "pg"), "-U", "postgres", "-d", database, "-XAtq",
                   "-v", "ON_ERROR_STOP=1"]  # fmt: skip
        for statement in statements.split(";"):
            command += ["-c", statement]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def _spawn(self, name: str, command: list[str], **kwargs) -> None:
        log = (self.folder / "log" / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, **kwargs
        )

    def start_postgres(self) -> None:
        sockets = self.folder / "pg"
        (sockets / "data" / "postmaster.pid").unlink(missing_ok=True)
        settings_ = [
            "listen_addresses=",
            f"unix_socket_directories={sockets}",
            "jit=off",
            "max_connections=100",
        ]
        options = [word for setting in settings_ for word in ("-c", setting)]
        self._spawn(
            "pg",
            [*self._as("pg"), str(self.bin / "postgres"), "-D", str(sockets / "data"), *options],
            cwd="/",
        )
        self.wait_until(
            lambda: subprocess.run([str(self.bin / "pg_isready"), "-q", "-h", str(sockets)]).returncode == 0,
            "Postgres",
        )

    def start_redis(self) -> None:
        self._spawn(
            "redis",
            [*self._as("redis"), "redis-server", "--bind", "127.0.0.1", "--port", str(self.redis_port),
             "--dir", str(self.folder / "redis"), "--appendonly", "yes", "--save", ""],
            cwd="/",
        )  # fmt: skip

    def start_program(self, name: str) -> None:
        python = sys.executable
        command = {
            "web": [
                python,
                "-m",
                "gunicorn",
                "-c",
                str(ROOT / "deploy/gunicorn.conf.py"),
                "anji_police.wsgi",
            ],
            "worker": [python, "-m", "celery", "-A", "anji_police", "worker", "-c", "2", "-l", "WARNING"],
            "beat": [
                python,
                "-m",
                "celery",
                "-A",
                "anji_police",
                "beat",
                "-s",
                str(self.folder / "beat"),
                "-l",
                "WARNING",
            ],
            "relay": [python, str(ROOT / "manage.py"), "relay"],
        }[name]
        self._spawn(name, command, env=self.environment, cwd=str(ROOT))

    def wait_until(self, is_so: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                if is_so():
                    return
            except (requests.RequestException, subprocess.CalledProcessError):
                pass
            self._start_what_ended()
            if time.monotonic() > end:
                logs = {
                    p.name: p.read_text(errors="replace")[-1500:] for p in (self.folder / "log").iterdir()
                }
                raise AssertionError(f"waited {seconds} s for {what}: {logs}")
            time.sleep(0.2)

    def _start_what_ended(self) -> None:
        """As the supervisor does in service (autorestart): a worker may end by itself when its broker vanishes."""
        for name in ("web", "worker", "beat", "relay"):
            if name in self.running and self.running[name].poll() is not None:
                self.start_program(name)

    # -- faults ----------------------------------------------------------------------------------------------------
    def _kill_group(self, name: str) -> None:
        process = self.running[name]
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait(timeout=20)

    def kill_web_worker(self) -> None:
        """kill -9 of one child, as the kernel does when memory runs out; the master puts another in its place."""
        master = self.running["web"].pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(children[0]), signal.SIGKILL)

    def kill_web(self) -> None:
        self._kill_group("web")
        self.start_program("web")

    def kill_worker(self) -> None:
        self._kill_group("worker")
        self.start_program("worker")

    def kill_relay(self) -> None:
        self._kill_group("relay")
        self.start_program("relay")

    def wipe_redis(self) -> None:
        """kill -9, and all that it kept is gone."""
        self._kill_group("redis")
        for path in (self.folder / "redis").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.start_redis()

    def crash_postgres(self) -> None:
        """An immediate shutdown is a crash: no checkpoint, recovery from the log at the next start."""
        self.running["pg"].send_signal(signal.SIGQUIT)
        self.running["pg"].wait(timeout=30)
        self.start_postgres()

    def stop(self) -> None:
        for name in ("web", "worker", "beat", "relay", "redis"):
            if name in self.running:
                self._kill_group(name)
        if "pg" in self.running and self.running["pg"].poll() is None:
            self.running["pg"].send_signal(signal.SIGINT)
            try:
                self.running["pg"].wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._kill_group("pg")
        shutil.rmtree(self.folder, ignore_errors=True)
