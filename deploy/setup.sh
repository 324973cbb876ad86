# shellcheck shell=bash
# Settings, tables, reference data and accounts of one installation. Sourced by bin/up after the other parts.

# shellcheck disable=SC2317  # called by the traps
stop() {
    trap - EXIT
    trap '' INT TERM HUP
    [ -z "${STEP_PID:-}" ] || kill "$STEP_PID" 2>/dev/null || true
    if [ -n "${SUPERVISOR_PID:-}" ]; then
        say "Stopping …"
        kill -TERM "$SUPERVISOR_PID" 2>/dev/null || true
        wait "$SUPERVISOR_PID" 2>/dev/null || true
        say "Stopped."
    fi
    exit "${1:-0}"
}

start_supervisor() {
    local socket=$RUN_DIR/supervisor.sock
    rm -f "$socket"
    # A kill -9 of this script still stops everything: the supervisor gets a signal when its parent ends.
    setpriv --pdeathsig TERM "$ROOT/.venv/bin/supervisord" -n -c "$VAR/supervisord.conf" >>"$VAR/log/supervisord.out" 2>&1 &
    SUPERVISOR_PID=$!
    local end=$((SECONDS + 20))
    until [ -S "$socket" ]; do
        { kill -0 "$SUPERVISOR_PID" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; } ||
            fail "the supervisor did not start: read $VAR/log/supervisord.out."
        sleep 0.1
    done
}

stop_at_the_end() {
    trap 'stop 0' INT TERM HUP
    trap 'stop $?' EXIT
}

# Settings written, PostgreSQL and Redis up (the supervisor keeps them so), roles and database there.
start_databases() {
    prepare_run_dir
    if private_postgres || private_redis; then prepare_data_home; fi
    write_environment
    write_supervisor_conf
    start_supervisor
    if private_postgres; then
        wait_for_postgres "$VAR/log/postgres.log"
        make_roles "$APP_PASSWORD" "$OWNER_PASSWORD"
        make_database anji_police
    fi
}

supervisor() { "$ROOT/.venv/bin/supervisorctl" -c "$VAR/supervisord.conf" "$@"; }

# All at once: one by one, each would be watched for its first second before the next starts.
start_programs() {
    local name pids=()
    for name in "$@"; do
        supervisor start "$name" >>"$VAR/log/supervisord.out" 2>&1 &
        pids+=($!)
    done
    wait "${pids[@]}" || true # what does not stay up is seen by wait_ready and named by failed_programs
}

failed_programs() {
    local list
    list=$(supervisor status 2>/dev/null | awk '$2 == "FATAL" || $2 == "BACKOFF" || $2 == "EXITED" { printf "%s ", $1 }')
    [ -z "$list" ] || printf 'these programs do not stay up: %s; ' "${list% }"
}

# The file is opened for reading only: a check changes nothing.
already_running() { [ -e "$VAR/up.lock" ] && ! flock -n "$VAR/up.lock" true; }

# Demonstration or empty: decided on the first start and kept.
choose_mode() {
    local file=$VAR/mode wanted=demo
    [ -z "$NO_DEMO" ] || wanted=empty
    [ -e "$file" ] || printf '%s\n' "$wanted" >"$file"
    MODE=$(cat "$file")
    if [ -n "$NO_DEMO" ] && [ "$MODE" != empty ]; then
        fail "this folder holds a portal with demonstration accounts: start the empty bureau with another data folder, PORTAL_VAR=/another/folder bin/up --no-demo."
    fi
}

# quoted VALUE: for a line that a shell reads back.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

database_address() { printf 'postgresql://%s:%s@/anji_police?host=%s&port=%s' "$1" "$2" "$PG_SOCKETS" "$PG_PORT"; }

# The portal's own settings, for deploy/run. Settings that somebody exports before bin/up reach the programs as they are.
write_environment() {
    local file=$VAR/portal.env owner_file=$VAR/owner.env app owner broker port
    if private_postgres; then
        use_postgres
        APP_PASSWORD=$(remembered APP_PASSWORD random password)
        OWNER_PASSWORD=$(remembered OWNER_PASSWORD random password)
        app=$(database_address anji_app "$APP_PASSWORD")
        owner=$(database_address anji_owner "$OWNER_PASSWORD")
    else
        app=$DATABASE_URL owner=${DATABASE_OWNER_URL:-$DATABASE_URL}
    fi
    if private_redis; then
        port=$(remembered REDIS_PORT free_port)
        if ! port_is_free 127.0.0.1 "$port"; then
            say "Port $port, which Redis had, is in use: it takes another."
            forget REDIS_PORT
            port=$(remembered REDIS_PORT free_port)
        fi
        configure_redis "$DATA_HOME/redis" "$port" "$(remembered REDIS_PASSWORD random password)"
        broker=redis://:$(remembered REDIS_PASSWORD random password)@127.0.0.1:$port/0
    else
        broker=$REDIS_URL
    fi
    (
        umask 077
        {
            echo "# Written by bin/up at each start; changes are lost. Your own settings go into ${VAR}/local.env."
            echo "export DATABASE_URL=$(quoted "$app")"
            # One address for both roles means: the connection steps down to anji_app by itself.
            private_postgres || echo "export DATABASE_OWNER_URL=$(quoted "$owner")"
            echo "export REDIS_URL=$(quoted "$broker")"
            # shellcheck disable=SC2153  # bin/up sets it
            echo "export PORTAL_VAR=$(quoted "$VAR") BIND=$(quoted "$BIND") PORT=$PORT"
            echo "export SECRET_KEY=$(quoted "${SECRET_KEY:-$(remembered SECRET_KEY random password)}")"
            echo "export FIELD_KEYS=$(quoted "${FIELD_KEYS:-$(remembered FIELD_KEYS first_key)}")"
            echo "export INDEX_KEYS=$(quoted "${INDEX_KEYS:-$(remembered INDEX_KEYS first_key)}")"
            [ "$MODE" != demo ] || echo "export DEMO_WITHOUT_SECOND_FACTOR=${DEMO_WITHOUT_SECOND_FACTOR:-1}"
        } >"$file"
        echo "export DATABASE_OWNER_URL=$(quoted "$owner")" >"$owner_file"
    )
}

first_key() { printf 'k1:%s\n' "$(random key)"; }

# program NAME PRIORITY COMMAND [extra line…]
program() {
    local name=$1 priority=$2 command=${3//%/%%}
    shift 3
    cat <<CONF

[program:$name]
command=$command
priority=$priority
autostart=false
autorestart=true
startsecs=1
startretries=10
stopwaitsecs=40
redirect_stderr=true
stdout_logfile=${VAR//%/%%}/log/$name.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=5
CONF
    [ "$#" -eq 0 ] || printf '%s\n' "$@"
}

# Programs stop in the opposite order of their priority, each before the next: the database last.
write_supervisor_conf() {
    local run=$ROOT/deploy/run service='setpriv --pdeathsig' var=${VAR//%/%%}
    {
        cat <<CONF
[supervisord]
logfile=$var/log/supervisord.log
pidfile=$RUN_DIR/supervisord.pid
umask=077
directory=${ROOT//%/%%}
$(is_root && echo user=root)

[unix_http_server]
file=$RUN_DIR/supervisor.sock
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://$RUN_DIR/supervisor.sock
CONF
        if private_postgres; then
            make_cluster "$DATA_HOME/pg" >&2
            configure_cluster "$DATA_HOME/pg" "$PG_SOCKETS" scram-sha-256
            clear_stale_postgres "$DATA_HOME/pg" "$PG_SOCKETS" >&2
            program postgres 10 "$service INT $PG_BIN/postgres -D '$DATA_HOME/pg'" autostart=true directory=/ \
                stopsignal=INT stopwaitsecs=120 "user=$PG_OS_USER"
        fi
        if private_redis; then
            program redis 20 "$service TERM redis-server '$DATA_HOME/redis/redis.conf'" autostart=true directory=/ \
                "user=$(os_user redis)"
        fi
        program web 30 "$service TERM '$run' gunicorn -c '$ROOT/deploy/gunicorn.conf.py' anji_police.wsgi"
        # A report may take a while to draw; what is cut off after that is found again by the sweep.
        program worker 40 "$service TERM '$run' celery -A anji_police worker --loglevel INFO --prefetch-multiplier 1 --concurrency ${WORKER_PROCESSES:-2}" \
            stopwaitsecs=60 killasgroup=true
        program relay 50 "$service TERM '$run' python '$ROOT/manage.py' relay"
        program beat 60 "$service TERM '$run' celery -A anji_police beat --loglevel INFO --pidfile= --schedule '$VAR/beat-schedule'"
    } >"$VAR/supervisord.conf"
    chmod 600 "$VAR/supervisord.conf"
}

# Changes when any file that the set-up reads has changed, or the database is another one.
setup_fingerprint() {
    {
        find anji_police mediation templates static locale requirements.lock -type f \
            ! -name '*.pyc' ! -name '*.mo' -printf '%p %T@ %s\n' 2>/dev/null | sort
        cat "$VAR/portal.env"
    } | sha256sum | cut -d' ' -f1
}

manage() { step "$ROOT/deploy/run" python "$ROOT/manage.py" "$@"; }

# check_keys LOGFILE: data that outlived a deleted var/ are of no use under the new keys, and must not be mixed with new rows.
check_keys() {
    local status=0 way=
    if private_postgres; then way=" with rm -r '$(data_home)/pg'"; fi
    manage check_keys >>"$1" 2>&1 || status=$?
    case $status in
        0) ;;
        3) fail "the personal data in the database were sealed with other keys than those in $VAR/secrets.env: put the secrets.env that belongs to these data back, or, if you need none of them, remove the database$way and start again." ;;
        *) fail "the keys could not be checked: read $1." ;;
    esac
}

set_up() {
    local log=$VAR/log/setup.log fingerprint
    fingerprint=$(setup_fingerprint)
    # The stamp is of one database: a new or restored one is set up again.
    [ "$(cat "$VAR/setup-done" 2>/dev/null)" != "$fingerprint" ] || return 0
    rm -f "$VAR/setup-done"
    say "Setting up the tables, texts and reference data …"
    : >"$log"
    check_keys "$log"
    PORTAL_DB_ROLE=owner manage migrate --no-input >>"$log" 2>&1 || fail "the tables could not be set up: read $log."
    [ ! -d locale ] || manage compilemessages --ignore=.venv --ignore=var >>"$log" 2>&1 || fail "the translations could not be compiled: read $log."
    manage collectstatic --no-input --clear >>"$log" 2>&1 || fail "the static files could not be collected: read $log."
    manage load_reference >>"$log" 2>&1 || fail "the reference data could not be loaded: read $log."
    printf '%s\n' "$fingerprint" >"$VAR/setup-done"
}

# Once. The passwords are printed now and stay in var/credentials for their owner only.
create_accounts() {
    local command=create_demo_accounts
    [ "$MODE" = demo ] || command=create_administrator
    NEW_ACCOUNTS=
    [ ! -e "$VAR/credentials" ] || return 0
    manage "$command" --credentials "$VAR/credentials" >>"$VAR/log/setup.log" 2>&1 ||
        fail "the accounts could not be created: read $VAR/log/setup.log."
    if [ "$MODE" = demo ]; then
        manage create_demo_mediation >>"$VAR/log/setup.log" 2>&1 ||
            fail "the demonstration mediators could not be created: read $VAR/log/setup.log."
        manage create_demo_volunteers >>"$VAR/log/setup.log" 2>&1 ||
            fail "the demonstration volunteers could not be created: read $VAR/log/setup.log."
    fi
    if [ -e "$VAR/credentials" ]; then
        NEW_ACCOUNTS=1
    else # all of them were there already, and the file was deleted, as it should be
        echo "The accounts were made at an earlier start, and their passwords are kept nowhere." >"$VAR/credentials"
    fi
    chmod 600 "$VAR/credentials"
}

announce() {
    local shown=$BIND
    case $BIND in 0.0.0.0 | ::) shown=$(hostname) ;; *:*) shown="[${BIND#[}" && shown="${shown%]}]" ;; esac
    if [ -n "$NEW_ACCOUNTS" ]; then
        say "" "Accounts (also in $VAR/credentials; shown this once):"
        cat "$VAR/credentials"
        say ""
    fi
    case $BIND in
        127.* | localhost | ::1) ;;
        *) [ "$MODE" != demo ] || warn "demonstration accounts sign in without a second factor, and $BIND can be reached from other machines." ;;
    esac
    local failed
    failed=$(failed_programs)
    [ -z "$failed" ] || warn "${failed}read the files in $VAR/log."
    say "The portal is served at http://$shown:$PORT/ (accounts: $VAR/credentials; logs: $VAR/log). Ctrl-C stops it."
}
