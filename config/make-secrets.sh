#!/bin/sh
# Passwords and a self-signed certificate for the first start; nothing is overwritten.
set -eu
umask 077
folder="$(cd "$(dirname "$0")" && pwd)/secrets"
mkdir -p "$folder"
for name in db_password admin_password; do
    [ -s "$folder/$name" ] || openssl rand -hex 24 >"$folder/$name"
done
if [ ! -s "$folder/tls_key.pem" ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=${1:-localhost}" \
        -keyout "$folder/tls_key.pem" -out "$folder/tls_certificate.pem" 2>/dev/null
fi
# containers read the files as other users; on this machine the folder is closed
chmod 700 "$folder"
chmod 644 "$folder"/*
echo "Secrets are in $folder; the administrator's password is in admin_password."
