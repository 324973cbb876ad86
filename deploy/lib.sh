# shellcheck shell=bash
# What bin/up, bin/test, bin/backup and bin/restore share: places, words, locks. Sourced, never run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
VAR=${PORTAL_VAR:-$ROOT/var}
COMMAND=bin/${0##*/}
# Names this checkout wherever something must stand outside of it.
CHECKOUT_ID=$(printf '%s' "$VAR" | cksum | cut -d' ' -f1)

say() { printf '%s\n' "$@"; }
warn() { printf '%s: %s\n' "$COMMAND" "$*" >&2; }
fail() {
    warn "$*"
    exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# as USER COMMAND…: PostgreSQL refuses to run as root, so root runs it as its own unprivileged user.
as() {
    local user=$1
    shift
    if is_root; then
        (cd / && exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@")
    else
        "$@"
    fi
}

# as_child USER SIGNAL COMMAND…: replaces this subshell; gets SIGNAL when our script ends, even by kill -9.
as_child() {
    local user=$1 signal=$2
    shift 2
    cd /
    if is_root; then
        exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups --pdeathsig "$signal" -- "$@"
    else
        exec setpriv --pdeathsig "$signal" -- "$@"
    fi
}

os_user() { if is_root; then say "$1"; else id -un; fi; }

# one_at_a_time NAME SENTENCE: holds var/NAME.lock on descriptor 9 until the last of our processes ends, and keeps the
# number of this one in var/NAME.pid. After a kill -9 the others are still stopping for some seconds.
one_at_a_time() {
    local holder wait=0
    exec 9>>"$VAR/$1.lock"
    holder=$(cat "$VAR/$1.pid" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then wait=60; fi
    flock -w "$wait" 9 || fail "${2//PROCESS/${holder:-unknown}}"
    echo $$ >"$VAR/$1.pid"
}

# enough_disk MEGABYTES [FOLDER]: a disk that fills up halfway leaves a riddle; say it before.
enough_disk() {
    local free folder=${2:-$VAR}
    free=$(($(df -Pk "$folder" | awk 'NR == 2 { print $4 }') / 1024))
    [ "$free" -ge "$1" ] ||
        fail "the disk that holds $folder has $free MB free and $1 MB are needed: free some space, or put the data elsewhere with PORTAL_VAR=/another/folder."
}

prepare_var() {
    mkdir -p "$VAR" 2>/dev/null || true
    [ -w "$VAR" ] ||
        fail "$VAR cannot be written to: give $(id -un) the right to, or choose another folder with PORTAL_VAR."
    mkdir -p "$VAR/log" "$VAR/media"
    chmod 700 "$VAR/log" "$VAR/media"
    if is_root; then chmod 711 "$VAR"; else chmod 700 "$VAR"; fi
}

# The folder of the databases' files: var/, unless the databases' users cannot reach it (a checkout below /root).
data_home() {
    if [ -e "$VAR/data-home" ]; then
        cat "$VAR/data-home"
    elif ! is_root || { id postgres >/dev/null 2>&1 && as postgres test -x "$VAR"; }; then
        say "$VAR"
    else
        say "/var/lib/anji-police/$CHECKOUT_ID"
    fi
}

prepare_data_home() {
    DATA_HOME=$(data_home)
    mkdir -p "$DATA_HOME"
    if [ "$DATA_HOME" != "$VAR" ]; then
        chmod 711 "$(dirname "$DATA_HOME")" "$DATA_HOME"
        [ -e "$VAR/data-home" ] ||
            say "The users postgres and redis cannot reach $VAR: their files are kept in $DATA_HOME."
        printf '%s\n' "$DATA_HOME" >"$VAR/data-home"
        enough_disk 300 "$DATA_HOME"
    fi
}

# owned_folder FOLDER USER: makes it, for that user alone; refuses a folder that somebody else made first.
owned_folder() {
    mkdir -p "$1"
    if is_root; then chown "$2:$(id -g "$2")" "$1"; fi
    { [ "$(stat -c %U "$1")" = "$2" ] && [ ! -L "$1" ]; } ||
        fail "$1 belongs to $(stat -c %U "$1") and not to $2: remove it and run again."
    chmod 700 "$1"
}

# Socket names end at 107 bytes, so sockets live in a short folder and not below a deep checkout.
prepare_run_dir() {
    if is_root; then
        RUN_DIR=/run/anji-police-$CHECKOUT_ID
    else
        RUN_DIR=${XDG_RUNTIME_DIR:-}
        [ -n "$RUN_DIR" ] && [ -w "$RUN_DIR" ] && [ "${#RUN_DIR}" -lt 60 ] || RUN_DIR=/tmp
        RUN_DIR=$RUN_DIR/anji-police-$(id -u)-$CHECKOUT_ID
    fi
    owned_folder "$RUN_DIR" "$(id -un)"
    if is_root; then chmod 711 "$RUN_DIR"; fi
}

# random KIND: "password" (URL-safe) or "key" (base64 of 32 bytes).
random() {
    python_for_tools -c 'import base64, secrets, sys
print(base64.b64encode(secrets.token_bytes(32)).decode() if sys.argv[1] == "key" else secrets.token_urlsafe(32))' "$1"
}

# port_is_free ADDRESS PORT
port_is_free() {
    python_for_tools - "$1" "$2" <<'PYTHON'
import socket, sys
address, port = sys.argv[1].strip("[]"), int(sys.argv[2])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
with socket.socket(family) as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((address, port))
    except OSError:
        sys.exit(1)
PYTHON
}

free_port() {
    python_for_tools -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# remembered NAME MAKER…: the value of NAME in var/secrets.env; made once with MAKER.
remembered() {
    local name=$1 file=$VAR/secrets.env line
    shift
    line=$(grep "^$name=" "$file" 2>/dev/null || true)
    if [ -z "$line" ]; then
        line="$name=$("$@")"
        (umask 077 && printf '%s\n' "$line" >>"$file")
        chmod 600 "$file"
    fi
    printf '%s' "${line#*=}"
}

forget() { sed -i "/^$1=/d" "$VAR/secrets.env"; }

# A command that may take long, so that a signal is acted on at once and not after it.
step() {
    "$@" &
    STEP_PID=$!
    local status=0
    wait "$STEP_PID" || status=$?
    STEP_PID=
    return "$status"
}

# pg_client NAME: the newest pg_dump or pg_restore, which reads servers of its own version and older ones.
pg_client() {
    local found
    found=$(find /usr/lib/postgresql -path "*/bin/$1" 2>/dev/null | sort -Vr | head -n1)
    [ -n "$found" ] || found=$(command -v "$1") || fail "$1 is missing: install postgresql-client."
    say "$found"
}

media_folder() { say "${PORTAL_MEDIA:-$VAR/media}"; }

# The bureau's own settings; PORT and BIND given with the command itself win over them.
load_own_settings() {
    local port=${PORT:-} bind=${BIND:-}
    [ -r "$VAR/local.env" ] || return 0
    # shellcheck disable=SC1091  # a file of the installation
    . "$VAR/local.env"
    [ -z "$port" ] || export PORT="$port"
    [ -z "$bind" ] || export BIND="$bind"
}
