#!/bin/sh
# Makes dist/meritbook-VERSION-offline.tar.gz: all that a server without a network needs to install Meritbook.
# Made for the platform and the Python that it runs on; make it on a machine like the server.
set -eu
cd "$(dirname "$0")/.."
python=${1:-python3}
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
name=meritbook-$version-offline
rm -rf "dist/$name"
mkdir -p "dist/$name/wheels"
"$python" -m pip wheel --quiet --disable-pip-version-check --no-input --constraint constraints.txt \
    --wheel-dir "dist/$name/wheels" .
cp -R deploy/systemd deploy/proxy deploy/install.sh deploy/meritbook.env constraints.txt LICENSE NOTICE "dist/$name/"
echo "$version" >"dist/$name/VERSION"
(cd "dist/$name" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)
tar -C dist --sort=name --owner=0 --group=0 --numeric-owner -czf "dist/$name.tar.gz" "$name"
echo "dist/$name.tar.gz: $(du -h "dist/$name.tar.gz" | cut -f1), for $("$python" -c 'import sys, sysconfig; print(sysconfig.get_platform(), "Python %d.%d" % sys.version_info[:2])')"
