#!/usr/bin/env bash
# A PostgreSQL of its own for a test run, on a free port of this machine only, gone afterwards.
#   tools/postgres.sh start [FOLDER]    prints the URL of its database; the folder must not exist yet
#   tools/postgres.sh stop [FOLDER]     stops it and removes the folder
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

action=${1:-}
folder=${2:-${TMPDIR:-/tmp}/selltrac-postgresql-$(id -u)}
programs=$(find_postgresql) || fail "PostgreSQL's server programs are missing; tools/setup.sh test installs them"

# PostgreSQL refuses to run as root.
server_user=
if [ "$(id -u)" = 0 ]; then
    server_user=postgres
    id "$server_user" >/dev/null 2>&1 || server_user=nobody
fi
as_server_user() {
    if [ -n "$server_user" ]; then
        (cd / && runuser -u "$server_user" -- "$@")
    else
        "$@"
    fi
}

start() {
    local attempt port
    mkdir -m 700 "$folder" || fail "$folder is in use; tools/postgres.sh stop removes it"
    if [ -n "$server_user" ]; then chown "$server_user" "$folder"; fi
    as_server_user "$programs/initdb" --pgdata "$folder/data" --username selltrac --auth trust --encoding UTF8 \
        --locale C --no-sync >"$folder.log" 2>&1 || { cat "$folder.log" >&2; rm -rf "$folder" "$folder.log"; exit 1; }
    rm -f "$folder.log"
    # A crash may lose a test database: nothing here needs to reach the disk.
    as_server_user tee -a "$folder/data/postgresql.conf" >/dev/null <<-SETTINGS
	listen_addresses = '127.0.0.1'
	unix_socket_directories = '$folder'
	max_connections = 300
	fsync = off
	full_page_writes = off
	synchronous_commit = off
	wal_level = minimal
	max_wal_senders = 0
	SETTINGS
    # A port that is free now may be taken a moment later; then the next one is tried.
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + (RANDOM % 12000)))
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue; fi
        if as_server_user "$programs/pg_ctl" start --silent --wait --timeout 60 --pgdata "$folder/data" \
            --log "$folder/log" --options "-p $port" >/dev/null 2>&1 </dev/null; then
            printf 'postgres://selltrac@127.0.0.1:%s/postgres\n' "$port"
            return
        fi
    done
    cat "$folder/log" >&2 || true
    rm -rf "$folder"
    fail "PostgreSQL did not start in $attempt tries"
}

stop() {
    if [ -f "$folder/data/postmaster.pid" ]; then
        as_server_user "$programs/pg_ctl" stop --silent --wait --mode immediate --pgdata "$folder/data" >/dev/null
    fi
    rm -rf "$folder"
}

case $action in
    start | stop) "$action" ;;
    *) fail "usage: tools/postgres.sh start|stop [FOLDER]" ;;
esac
