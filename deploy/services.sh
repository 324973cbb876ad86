# shellcheck shell=bash
# The private PostgreSQL and Redis. Sourced after lib.sh and packages.sh; needs DATA_HOME and RUN_DIR.

PG_PORT=5432 # only the name of the socket file; nothing listens on the network

use_postgres() {
    local version
    version=$(cluster_version)
    PG_BIN=/usr/lib/postgresql/$(postgres_version "$version")/bin
    [ -x "$PG_BIN/postgres" ] ||
        fail "the data in $DATA_HOME/pg are of PostgreSQL $version: install postgresql-$version and postgresql-$version-postgis-3, or upgrade them as docs/operations.md says."
    PG_OS_USER=$(os_user postgres)
    PG_SOCKETS=$RUN_DIR/pg
    owned_folder "$PG_SOCKETS" "$PG_OS_USER"
}

# make_cluster FOLDER [initdb option…]: complete or not there at all, also when it is interrupted.
make_cluster() {
    local folder=$1 making=$1.making
    shift
    if [ -e "$folder" ]; then
        { [ -s "$folder/PG_VERSION" ] && [ -e "$folder/global/pg_control" ]; } ||
            fail "$folder is no complete database cluster: restore it from a backup, or, if it holds nothing you need, remove it with rm -r '$folder'; then run this again."
        return
    fi
    say "Making the database cluster …"
    rm -rf "$making" # of an initdb that was interrupted: nobody ever stored anything in it
    owned_folder "$making" "$PG_OS_USER"
    as "$PG_OS_USER" "$PG_BIN/initdb" -D "$making" -U postgres -E UTF8 --locale=C --lc-ctype=C.UTF-8 \
        --auth=reject "$@" >"$VAR/log/initdb.log" 2>&1 ||
        fail "the database cluster could not be made: read $VAR/log/initdb.log, then run this again."
    echo "include 'portal.conf'" >>"$making/postgresql.conf"
    mv "$making" "$folder"
}

# configure_cluster FOLDER SOCKETS AUTH: written at each start, because the socket folder may have moved.
configure_cluster() {
    local folder=$1 sockets=$2 auth=$3 user
    cat >"$folder/portal.conf" <<CONF
listen_addresses = ''
port = $PG_PORT
unix_socket_directories = '$sockets'
max_connections = 150
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
jit = off
random_page_cost = 1.1
track_io_timing = on
log_timezone = 'Asia/Shanghai'
log_min_duration_statement = 2s
log_lock_waits = on
log_error_verbosity = terse
log_min_error_statement = panic
password_encryption = scram-sha-256
CONF
    printf 'local all postgres peer map=portal\nlocal all all %s\n' "$auth" >"$folder/pg_hba.conf"
    : >"$folder/pg_ident.conf"
    for user in root postgres "$(id -un)"; do
        printf 'portal "%s" postgres\n' "$user" >>"$folder/pg_ident.conf"
    done
    if is_root; then chown postgres: "$folder"/*.conf; fi
    chmod 600 "$folder"/*.conf
}

# A kill -9 or a power cut leaves the pid file; its number may belong to another program by now.
clear_stale_postgres() {
    local folder=$1 sockets=$2 pid
    pid=$(head -n1 "$folder/postmaster.pid" 2>/dev/null || true)
    [ -n "$pid" ] || { rm -f "$sockets"/.s.PGSQL.*; return 0; }
    if [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$folder" ]; then
        say "Stopping the PostgreSQL that an earlier run left behind …"
        as "$PG_OS_USER" "$PG_BIN/pg_ctl" stop -D "$folder" -m fast -w -t 60 >/dev/null
    else
        say "An earlier run was cut off: removing its stale $folder/postmaster.pid; PostgreSQL recovers by itself."
        rm -f "$folder/postmaster.pid" "$sockets"/.s.PGSQL.*
    fi
}

superuser_sql() { PGOPTIONS="-c client_min_messages=warning" "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$PG_SOCKETS" -p "$PG_PORT" -U postgres "$@"; }

# wait_for_postgres LOGFILE
wait_for_postgres() {
    local end=$((SECONDS + 60))
    until "$PG_BIN/pg_isready" -q -h "$PG_SOCKETS" -p "$PG_PORT"; do
        [ "$SECONDS" -lt "$end" ] || fail "PostgreSQL did not start within a minute: read $1."
        sleep 0.2
    done
}

# The owner makes and changes tables; the application's role may only what audit/grants.py gives it.
make_roles() {
    superuser_sql -d postgres <<SQL
DO \$\$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'anji_app') THEN CREATE ROLE anji_app; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'anji_owner') THEN CREATE ROLE anji_owner; END IF;
END
\$\$;
ALTER ROLE anji_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '$1';
ALTER ROLE anji_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE PASSWORD '$2';
GRANT anji_app TO anji_owner;
SQL
}

# make_database NAME: extensions are the superuser's to create; all else in it is the owner's.
make_database() {
    local found
    found=$(superuser_sql -d postgres -tA -c "SELECT 1 FROM pg_database WHERE datname = '$1'")
    [ -n "$found" ] || superuser_sql -d postgres -c "CREATE DATABASE $1 OWNER anji_owner"
    superuser_sql -d "$1" >/dev/null 2>&1 <<SQL
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER SCHEMA public OWNER TO anji_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
}

# configure_redis FOLDER PORT PASSWORD
configure_redis() {
    owned_folder "$1" "$(os_user redis)"
    (umask 077 && cat >"$1/redis.conf") <<CONF
bind 127.0.0.1
port $2
requirepass $3
dir "$1"
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
CONF
    if is_root; then chown redis: "$1/redis.conf"; fi
}
