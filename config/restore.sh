#!/bin/sh
# Put a backup back: restore.sh FOLDER [DATABASE]. Stop web and worker before.
# An existing database is kept under another name until somebody drops it.
set -eu

: "${DATA_DIR:=/var/lib/odoo}"
if [ $# -lt 1 ] || [ ! -f "$1/database.dump" ]; then
    echo "usage: restore.sh FOLDER [DATABASE]; FOLDER is one that backup.sh made" >&2
    exit 2
fi
folder="$1"
target="${2:-${DATABASE:-after_sales}}"
if [ -n "${PGPASSWORD_FILE:-}" ]; then
    PGPASSWORD="$(cat "$PGPASSWORD_FILE")"
    export PGPASSWORD
fi
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d postgres -c "$1"; }

(cd "$folder" && sha256sum --check --quiet SHA256SUMS) || {
    echo "restore: $folder is damaged (SHA256SUMS differ)" >&2
    exit 1
}
if [ -n "$(sql "SELECT 1 FROM pg_stat_activity WHERE datname = '$target'")" ]; then
    echo "restore: $target is in use; stop web and worker first (docker compose stop web worker)" >&2
    exit 1
fi
old="${target}_before_$(date -u +%Y%m%dT%H%M%SZ)"
if [ -n "$(sql "SELECT 1 FROM pg_database WHERE datname = '$target'")" ]; then
    sql "ALTER DATABASE \"$target\" RENAME TO \"$old\""
    echo "restore: the database that was there is now $old"
fi
if [ -d "$DATA_DIR/filestore/$target" ]; then
    mv "$DATA_DIR/filestore/$target" "$DATA_DIR/filestore/$old"
fi
createdb --template=template0 --encoding=UTF8 --lc-collate=C "$target"
pg_restore --no-owner --exit-on-error --jobs=2 --dbname="$target" "$folder/database.dump"
mkdir -p "$DATA_DIR/filestore/$target"
tar -C "$DATA_DIR/filestore/$target" --strip-components=1 -xf "$folder/filestore.tar"
# Odoo's user owns its files, whoever restores them
chown -R --reference="$DATA_DIR" "$DATA_DIR/filestore/$target" 2>/dev/null || true
echo "restore: $target is back; start web and worker"
