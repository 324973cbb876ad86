import fcntl
import socket
import subprocess

import pytest

from tests.machine.conftest import ROOT, said

pytestmark = pytest.mark.smoke


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


def test_help_names_the_options(run):
    answer = run("bin/up", "--help")
    assert answer.returncode == 0
    assert all(
        word in answer.stdout
        for word in ("--no-demo", "--check", "PORT", "BIND", "DATABASE_URL", "REDIS_URL")
    )


def test_check_says_what_is_missing_and_changes_nothing(run, var, taken_port):
    answer = run("bin/up", "--check", PORT=taken_port)
    assert answer.returncode == 1
    assert "Database: not made yet" in answer.stdout
    assert "Accounts: not created yet" in answer.stdout
    assert f"Port: {taken_port} on 127.0.0.1 is in use" in answer.stdout
    assert not var.exists()


def test_check_does_not_miss_a_database_that_is_elsewhere(run):
    answer = run("bin/up", "--check", DATABASE_URL="postgresql://db.example/portal")
    assert "Database" not in answer.stdout


def test_a_port_in_use_is_named_before_anything_is_made(run, var, taken_port):
    sentence = said(run("bin/up", PORT=taken_port))
    assert f"port {taken_port} on 127.0.0.1 is in use" in sentence
    assert "PORT=" in sentence
    assert not (var / "pg").exists()


def test_a_port_that_is_no_number_is_refused(run):
    assert "PORT must be a number" in said(run("bin/up", PORT="http"))


def test_an_unknown_option_is_refused(run):
    answer = run("bin/up", "--demo")
    assert answer.returncode == 1
    assert answer.stderr.strip().endswith("there is no option --demo.")


def test_a_second_start_of_the_same_folder_is_told_who_runs(run, var):
    var.mkdir()
    (var / "up.pid").write_text("1\n")  # process 1 is always there
    with (var / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "already runs as process 1: stop that first" in said(run("bin/up"))


def test_a_data_folder_that_cannot_be_made_is_named(run):
    assert "/proc/portal cannot be written to" in said(run("bin/up", PORTAL_VAR="/proc/portal"))


def test_demo_accounts_stay_out_of_an_empty_bureau(run, var):
    var.mkdir()
    (var / "mode").write_text("demo\n")
    assert "this folder holds a portal with demonstration accounts" in said(
        run("bin/up", "--no-demo", PORT="0")
    )


def in_shell(script: str, var, *parts: str) -> subprocess.CompletedProcess:
    """Runs `script` with the named parts of deploy/ loaded, as bin/up has them."""
    loaded = "\n".join(f". {ROOT}/deploy/{part}.sh" for part in ("lib", *parts))
    return subprocess.run(
        ["/bin/bash", "-c", f"set -eu\n{loaded}\nCOMMAND=bin/up\n{script}"],
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PORTAL_VAR": str(var)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_full_disk_is_told_before_and_not_halfway(var):
    var.mkdir()
    sentence = said(in_shell("enough_disk 999999999", var))
    assert "999999999 MB are needed" in sentence
    assert "free some space" in sentence


def test_a_half_made_cluster_is_named_and_left_alone(var):
    (var / "pg").mkdir(parents=True)
    (var / "pg" / "postgresql.conf").touch()
    sentence = said(in_shell(f"make_cluster {var}/pg", var, "packages", "services"))
    assert f"{var}/pg is no complete database cluster" in sentence
    assert (var / "pg" / "postgresql.conf").exists()


def test_a_missing_package_without_the_right_to_install_names_the_command(var):
    script = """
    missing_packages() { say 'redis-server gettext'; }
    may_install() { false; }
    install_packages up
    """
    assert "apt-get install redis-server gettext" in said(in_shell(script, var, "packages"))


def test_a_secret_is_made_once_and_read_by_its_owner_only(var):
    var.mkdir()
    script = 'a=$(remembered KEY random key); b=$(remembered KEY random key); [ "$a" = "$b" ] && say "$a"'
    answer = in_shell(script, var, "packages")
    assert len(answer.stdout.strip()) == 44
    assert ((var / "secrets.env").stat().st_mode & 0o777) == 0o600


def test_a_stale_pid_file_is_removed_though_its_number_lives_again(var):
    (var / "pg").mkdir(parents=True)
    (var / "pg" / "postmaster.pid").write_text("1\n")
    answer = in_shell(f"clear_stale_postgres {var}/pg {var}", var, "packages", "services")
    assert answer.returncode == 0
    assert "removing its stale" in answer.stdout
    assert not (var / "pg" / "postmaster.pid").exists()


def test_the_tests_of_one_folder_run_once_at_a_time(run, var):
    var.mkdir()
    (var / "test.pid").write_text("1\n")
    with (var / "test.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "already running as process 1" in said(run("bin/test"))


def test_a_folder_without_checksums_is_no_backup(run, tmp_path):
    assert "is no backup" in said(run("bin/restore", str(tmp_path)))


def test_a_damaged_backup_is_refused(run, tmp_path):
    (tmp_path / "database.dump").write_text("x")
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  database.dump\n")
    assert "damaged" in said(run("bin/restore", str(tmp_path)))


def test_a_backup_needs_a_folder_and_a_portal(run, tmp_path):
    assert "is no folder" in said(run("bin/backup", str(tmp_path / "absent")))
    assert "there is no portal in" in said(run("bin/backup", str(tmp_path)))


def test_what_runs_is_what_is_tested():
    """Every version that bin/up installs is in the tests' lock too, so one environment serves both."""
    locked = {
        name: {line for line in (ROOT / name).read_text().splitlines() if "==" in line}
        for name in ("requirements.lock", "requirements-dev.lock")
    }
    assert locked["requirements.lock"] <= locked["requirements-dev.lock"]


def test_own_settings_count_but_the_command_line_wins(run, var, taken_port):
    var.mkdir()
    (var / "local.env").write_text(f"export PORT={taken_port}\n")
    assert f"port {taken_port} on 127.0.0.1 is in use" in said(run("bin/up"))
    assert "PORT must be a number, and is 'x'" in said(run("bin/up", PORT="x"))


def test_data_under_other_keys_are_told_in_one_sentence_and_nothing_is_set_up(var):
    (var / "log").mkdir(parents=True)
    (var / "data-home").write_text(f"{var}\n")
    script = """
    manage() { echo "$1" >>"$VAR/called"; [ "$1" != check_keys ] || return 3; }
    setup_fingerprint() { echo new; }
    set_up
    """
    sentence = said(in_shell(script, var, "packages", "services", "setup"))
    assert "sealed with other keys than those in" in sentence
    assert "put the secrets.env that belongs to these data back" in sentence
    assert f"rm -r '{var}/pg'" in sentence
    assert (var / "called").read_text().split() == ["check_keys"]
    assert not (var / "setup-done").exists()
