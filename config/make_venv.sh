#!/bin/sh
# Make the virtual environment at $1 with Python 3.11 or later, or say what is missing.
set -eu
venv=$1

for candidate in "${PYTHON:-python3.11}" python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$candidate
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "Greenroom needs Python 3.11 or later. On Debian or Ubuntu: apt install python3 python3-venv" >&2
    exit 1
fi

# Debian packs ensurepip, which venv needs, apart from Python itself.
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing $package …"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
    else
        echo "Python's venv is missing. On Debian or Ubuntu: sudo apt install $package" >&2
        exit 1
    fi
fi

"$python" -m venv --clear "$venv"
