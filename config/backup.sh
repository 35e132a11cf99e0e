#!/bin/sh
# Dump and filestore of one database. `backup.sh once` now, `backup.sh nightly` for ever.
set -eu

: "${DATABASE:=after_sales}" "${DATA_DIR:=/var/lib/odoo}" "${BACKUP_DIR:=/backups}"
: "${BACKUP_HOUR:=2}" "${KEEP_DAYS:=14}"
if [ -n "${PGPASSWORD_FILE:-}" ]; then
    PGPASSWORD="$(cat "$PGPASSWORD_FILE")"
    export PGPASSWORD
fi

once() {
    stamp="$(date -u +%Y%m%dT%H%M%SZ)"
    draft="$BACKUP_DIR/.$DATABASE-$stamp"
    final="$BACKUP_DIR/$DATABASE-$stamp"
    mkdir -p "$draft"
    # the dump first: every file it names is still there when the filestore is read
    pg_dump --format=custom --file="$draft/database.dump" "$DATABASE"
    if [ -d "$DATA_DIR/filestore/$DATABASE" ]; then
        tar -C "$DATA_DIR/filestore" -cf "$draft/filestore.tar" "$DATABASE"
    else
        tar -cf "$draft/filestore.tar" -T /dev/null
    fi
    (cd "$draft" && sha256sum database.dump filestore.tar >SHA256SUMS)
    mv "$draft" "$final"
    echo "backup: $final ($(du -sh "$final" | cut -f1))"
    find "$BACKUP_DIR" -maxdepth 1 -type d -name "$DATABASE-*" -mtime "+$KEEP_DAYS" \
        -exec rm -rf {} +
}

seconds_until() {
    now="$(date +%s)"
    target="$(date -d "today $1:00" +%s)"
    [ "$target" -gt "$now" ] || target=$((target + 86400))
    echo $((target - now))
}

case "${1:-nightly}" in
once) once ;;
nightly)
    while :; do
        sleep "$(seconds_until "$BACKUP_HOUR")"
        once || echo "backup: FAILED, next try tomorrow" >&2
    done
    ;;
*)
    echo "usage: backup.sh once|nightly" >&2
    exit 2
    ;;
esac
