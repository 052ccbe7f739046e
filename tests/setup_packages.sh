#!/bin/sh
# What the tests need from Debian: a browser, gettext, and programs for a PostgreSQL and a Redis of
# their own. Install what is missing when we may, or say what it is.
set -eu

missing=""
[ -x /usr/bin/chromium ] || missing="$missing chromium"
command -v xgettext >/dev/null || missing="$missing gettext"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null ||
    missing="$missing postgresql"
command -v redis-server >/dev/null || missing="$missing redis-server"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need:$missing. On Debian: sudo apt install$missing" >&2
    exit 1
fi

# The packages would start services that nobody asked for, and make a database for one.
policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.d/greenroom.conf
cleanup="rm -f $clusters"
mkdir -p "${clusters%/*}"
echo "create_main_cluster = false" >"$clusters"
if [ ! -e "$policy" ]; then
    cleanup="$cleanup $policy"
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
trap '$cleanup' EXIT

echo "Installing for the tests:$missing …"
apt-get update -qq
# shellcheck disable=SC2086  # several words on purpose
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null
