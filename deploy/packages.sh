# shellcheck shell=bash
# Debian packages and the Python environment: only what is missing is installed. Sourced after lib.sh.

# The newest PostgreSQL on this machine that has PostGIS; nothing when there is none.
postgres_version() {
    local wanted=${1:-} version
    while read -r version; do
        if [ -n "$version" ] && { [ -z "$wanted" ] || [ "$version" = "$wanted" ]; } &&
            [ -x "/usr/lib/postgresql/$version/bin/initdb" ] &&
            [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then
            say "$version"
            return
        fi
    done < <(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -Vr)
}

# The version that our own data were made with; it decides over any newer one.
cluster_version() { cat "$(data_home)/pg/PG_VERSION" 2>/dev/null || true; }

private_postgres() { [ -z "${DATABASE_URL:-}" ]; }
private_redis() { [ -z "${REDIS_URL:-}" ]; }

postgres_packages() {
    local version
    version=$(cluster_version)
    [ -n "$version" ] || version=$(apt-cache depends postgresql 2>/dev/null |
        sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n1)
    say "postgresql-${version:-N} postgresql-${version:-N}-postgis-3"
}

has_library() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q "$1"; }

# The Debian packages that this machine lacks, one line. "test" as argument adds those of the tests.
missing_packages() {
    local list=()
    find_python >/dev/null || list+=(python3)
    "$(find_python || echo false)" -c 'import ensurepip, venv' 2>/dev/null || list+=(python3-venv)
    if private_postgres || [ "${1:-}" = test ]; then
        # shellcheck disable=SC2207  # two words are wanted
        [ -n "$(postgres_version "$(cluster_version)")" ] || list+=($(postgres_packages))
    fi
    if private_redis || [ "${1:-}" = test ]; then
        command -v redis-server >/dev/null || list+=(redis-server)
    fi
    [ -e /usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc ] || list+=(fonts-noto-cjk)
    command -v msgfmt >/dev/null || list+=(gettext)
    has_library libmagic.so.1 || list+=(libmagic1)
    command -v pdftotext >/dev/null || list+=(poppler-utils)
    if [ "${1:-}" = test ]; then
        command -v chromium >/dev/null || command -v chromium-browser >/dev/null || list+=(chromium)
    fi
    say "${list[*]-}"
}

# The system's Python, 3.11 or newer.
find_python() {
    local candidate
    for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            say "$candidate"
            return
        fi
    done
    return 1
}

python_for_tools() { "$(find_python)" "$@"; }

apt() {
    if is_root; then
        env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"
    fi
}

as_root() { if is_root; then "$@"; else sudo -n "$@"; fi; }

may_install() { command -v apt-get >/dev/null && { is_root || sudo -n true 2>/dev/null; }; }

# Debian starts a server that it installs. Ours are private, so nothing is to be started on the side.
install_quietly() {
    local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.d/anji-police.conf status=0
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    else
        policy=
    fi
    as_root mkdir -p "${cluster%/*}"
    printf 'create_main_cluster = false\n' | as_root tee "$cluster" >/dev/null
    apt install -y --no-install-recommends "$@" >"$VAR/log/apt.log" 2>&1 || status=$?
    as_root rm -f "$cluster"
    [ -z "$policy" ] || as_root rm -f "$policy"
    return "$status"
}

install_packages() {
    local list
    list=$(missing_packages "$@")
    [ -n "$list" ] || return 0
    may_install ||
        fail "these Debian packages are missing and $(id -un) may not install them: ask an administrator for: apt-get install $list"
    say "Installing $list …"
    apt update >"$VAR/log/apt.log" 2>&1 ||
        warn "apt-get update failed (see $VAR/log/apt.log); trying with the lists that are there."
    list=$(missing_packages "$@")
    # shellcheck disable=SC2086  # a list of words is wanted
    install_quietly $list ||
        fail "apt-get could not install $list: read $VAR/log/apt.log, then run this again."
    list=$(missing_packages "$@")
    [ -z "$list" ] || fail "still missing after the installation: $list. This needs Debian 12 or Ubuntu 24.04, or newer."
}

# The stamp names the lock file and the interpreter, so an upgrade of either installs again.
environment_stamp() { { cat "$ROOT/$1" && "$(find_python)" --version; } | sha256sum | cut -d' ' -f1; }

environment_is_ready() {
    [ -x "$ROOT/.venv/bin/python" ] && [ "$(cat "$ROOT/.venv/.stamp-$1" 2>/dev/null)" = "$(environment_stamp "$1")" ]
}

# install_environment LOCKFILE
install_environment() {
    local lock=$1 python
    environment_is_ready "$lock" && return
    python=$(find_python)
    if ! "$ROOT/.venv/bin/python" -c '' 2>/dev/null; then
        say "Making the Python environment …"
        "$python" -m venv --clear "$ROOT/.venv" ||
            fail "the Python environment could not be made: install python3-venv and run this again."
    fi
    say "Installing the Python packages of $lock …"
    rm -f "$ROOT/.venv/.stamp-$lock"
    step "$ROOT/.venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --require-hashes \
        --requirement "$ROOT/$lock" >"$VAR/log/pip.log" 2>&1 ||
        fail "pip could not install $lock: read $VAR/log/pip.log, check the connection to the Python package index, then run this again."
    environment_stamp "$lock" >"$ROOT/.venv/.stamp-$lock"
    # The tests' environment holds all that the portal needs, unless the two locks disagree.
    if [ "$lock" = requirements-dev.lock ]; then
        if grep '==' "$ROOT/requirements.lock" | grep -qvxFf "$ROOT/requirements-dev.lock"; then
            rm -f "$ROOT/.venv/.stamp-requirements.lock"
        else
            environment_stamp requirements.lock >"$ROOT/.venv/.stamp-requirements.lock"
        fi
    fi
}
