#!/bin/bash
# Install on the first start, upgrade afterwards; gives the administrator his password once.
set -euo pipefail

DATABASE="${DATABASE:-after_sales}"
ADDONS="after_sales_service,spare_parts_rma,service_contracts"
HERE="$(cd "$(dirname "$0")" && pwd)"
if [ -n "${PASSWORD_FILE:-}" ]; then
    PGPASSWORD="$(<"$PASSWORD_FILE")"
    export PGPASSWORD
fi
export PGHOST="${PGHOST:-${HOST:-db}}" PGUSER="${PGUSER:-${USER:-odoo}}"

odoo --database="$DATABASE" --init="$ADDONS" --update="$ADDONS" \
    --load-language="${LANGUAGES:-en_US,zh_CN}" --max-cron-threads=0 --no-http --stop-after-init
odoo shell --database="$DATABASE" --no-http --log-level=warn <"$HERE/first_start.py"
