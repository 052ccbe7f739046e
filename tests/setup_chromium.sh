#!/bin/sh
# The browser tests drive Debian's Chromium: install it when we may, or say what is missing.
set -eu
[ -x /usr/bin/chromium ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium for the browser tests …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
else
    echo "The browser tests need /usr/bin/chromium. On Debian: sudo apt install chromium" >&2
    exit 1
fi
