#!/usr/bin/env bash
# Starts a private MariaDB (or MySQL) server for the tests in a temporary
# directory, reachable through a socket and a port of 127.0.0.1 only.
#   scripts/mariadb.sh start DIR   prints the address for NHASO_TEST_MYSQL
#   scripts/mariadb.sh stop DIR
# Durability is off on purpose in DIR/fast servers: what is tested is SQL, not
# this disk. MARIADB_DURABLE=1 flushes each commit, for the benchmarks.
set -euo pipefail
verb=$1 dir=$2
flush=0
[ -n "${MARIADB_DURABLE:-}" ] && flush=1
case $verb in
start)
  mkdir -p "$dir"
  user=$(id -un)
  if [ ! -d "$dir/data/mysql" ]; then
    mariadb-install-db --no-defaults --user="$user" --datadir="$dir/data" --auth-root-authentication-method=normal \
      --skip-test-db >"$dir/install.log" 2>&1 || { cat "$dir/install.log" >&2; exit 1; }
  fi
  if [ ! -S "$dir/sock" ] || ! mariadb-admin --no-defaults -uroot -S "$dir/sock" ping >/dev/null 2>&1; then
    mariadbd --no-defaults --user="$user" --datadir="$dir/data" --socket="$dir/sock" --pid-file="$dir/pid" \
      --skip-networking --skip-name-resolve --character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
      --max-connections=400 --innodb-flush-log-at-trx-commit="$flush" --sync-binlog=0 --skip-log-bin --innodb-buffer-pool-size=512M \
      --innodb-log-file-size=256M --innodb-doublewrite="$flush" >"$dir/server.log" 2>&1 &
    for _ in $(seq 1 120); do
      mariadb-admin --no-defaults -uroot -S "$dir/sock" ping >/dev/null 2>&1 && break
      sleep 0.5
    done
    mariadb-admin --no-defaults -uroot -S "$dir/sock" ping >/dev/null || { tail -20 "$dir/server.log" >&2; exit 1; }
  fi
  echo "root@unix($dir/sock)/"
  ;;
stop)
  [ -S "$dir/sock" ] && mariadb-admin --no-defaults -uroot -S "$dir/sock" shutdown || true
  ;;
*)
  echo "usage: mariadb.sh start|stop DIR" >&2
  exit 2
  ;;
esac
