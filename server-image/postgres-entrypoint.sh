#!/usr/bin/env bash
# As root gives the data folder to postgres and makes the cluster on the first start; then Postgres, as postgres.
set -euo pipefail

readonly binaries=/usr/lib/postgresql/15/bin
readonly user=${POSTGRES_USER:-postgres} database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}

as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }

make_cluster() {
  local password=${POSTGRES_PASSWORD_FILE:?names a file with the password}
  # A cluster that was half made is made anew.
  rm -rf "$PGDATA.new"
  install -d -o postgres -g postgres -m 700 "$PGDATA.new"
  # initdb opens the file itself, and the secret is root's.
  install -o postgres -g postgres -m 600 "$password" "$PGDATA.password"
  as_postgres "$binaries/initdb" -D "$PGDATA.new" -U "$user" --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=scram-sha-256 --pwfile="$PGDATA.password" >/dev/null
  rm "$PGDATA.password"
  printf 'host all all all scram-sha-256\n' >>"$PGDATA.new/pg_hba.conf"
  if [[ $database != postgres ]]; then
    printf 'CREATE DATABASE "%s";\n' "$database" |
      as_postgres "$binaries/postgres" --single -D "$PGDATA.new" postgres >/dev/null
  fi
  mv "$PGDATA.new" "$PGDATA"
}

install -d -o postgres -g postgres -m 700 "$(dirname "$PGDATA")"
install -d -o postgres -g postgres -m 2775 /var/run/postgresql
[[ -s $PGDATA/PG_VERSION ]] || make_cluster
exec setpriv --reuid=postgres --regid=postgres --init-groups "$binaries/postgres" -D "$PGDATA" -c listen_addresses='*'
