#!/bin/sh
# Installs Meritbook on a server, from a checkout or from the offline bundle that `make bundle` makes.
set -eu

prefix=/opt/meritbook
system=auto
here=$(cd "$(dirname "$0")" && pwd)

usage() {
    cat <<'END'
Usage: sh install.sh [--prefix DIR] [--no-system]

Installs this version of Meritbook into DIR/versions/VERSION and lets DIR/current point to it; the versions before
it stay, so going back is `ln -sfn versions/OLD DIR/current` and a restart.

  --prefix DIR   where to (default: /opt/meritbook)
  --no-system    nothing but DIR: no user, no systemd unit, no /etc/meritbook (default where not root)

Out of a bundle nothing is fetched from the network. Example:

  sha256sum --check --quiet SHA256SUMS && sudo sh install.sh
END
}

fail() { printf '%s\n' "$*" >&2; exit 1; }

while [ $# -gt 0 ]; do
    case $1 in
        --prefix) [ $# -ge 2 ] || fail "--prefix needs a directory."; prefix=$2; shift ;;
        --prefix=*) prefix=${1#*=} ;;
        --no-system) system=no ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; fail "There is no option $1." ;;
    esac
    shift
done
[ "$system" = auto ] && { [ "$(id -u)" -eq 0 ] && [ -d /etc/systemd/system ] && system=yes || system=no; }
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac

python=
for each in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    if [ -n "$each" ] && "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$each
        break
    fi
done
[ -n "$python" ] || fail "Meritbook needs Python 3.11 or newer; set PYTHON=/path/to/python3 if it is not on PATH."

if [ -d "$here/wheels" ]; then # a bundle
    (cd "$here" && sha256sum --check --quiet SHA256SUMS) || fail "The bundle is damaged: copy it again."
    version=$(cat "$here/VERSION")
    set -- --no-index --find-links "$here/wheels" --constraint "$here/constraints.txt" "meritbook==$version"
else
    root=$(dirname "$here")
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/pyproject.toml")
    set -- --constraint "$root/constraints.txt" "$root"
fi

mkdir -p "$prefix/versions"
name=$version
again=1
while [ -e "$prefix/versions/$name" ]; do # one that runs is never changed under its feet
    again=$((again + 1))
    name=$version.$again
done
target=$prefix/versions/$name
trap 'rm -rf "$target"' EXIT
umask 022
"$python" -m venv "$target" || fail "No virtual environment could be made (on Debian: apt install python3-venv)."
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@"
"$target/bin/meritbook" --help >/dev/null
trap - EXIT
ln -sfn "versions/$name" "$prefix/current.new" && mv -T "$prefix/current.new" "$prefix/current"
echo "Meritbook $name is in $prefix/current."

if [ "$system" = yes ]; then
    id meritbook >/dev/null 2>&1 || useradd --system --user-group --home-dir /var/lib/meritbook --shell /usr/sbin/nologin meritbook
    install -d -m 0750 -g meritbook /etc/meritbook
    [ -e /etc/meritbook/meritbook.env ] || install -m 0640 -g meritbook "$here/meritbook.env" /etc/meritbook/meritbook.env
    for unit in "$here"/systemd/*; do
        sed "s#/opt/meritbook#$prefix#g" "$unit" >"/etc/systemd/system/$(basename "$unit")"
    done
    systemctl daemon-reload 2>/dev/null || echo "systemd is not running; the units lie in /etc/systemd/system."
    echo "Next: set what differs in /etc/meritbook/meritbook.env, then systemctl enable --now meritbook"
else
    echo "Next: $prefix/current/bin/meritbook init --name \"Our firm\", then $prefix/current/bin/meritbook serve"
fi
