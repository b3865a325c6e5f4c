#!/bin/sh
# Installs the browser of the tests: Debian's chromium and chromium-driver, by apt, as root. Where it cannot, it says why, and the tests
# that need a browser are skipped.
set -u

if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "tests/browser.sh: chromium and chromedriver are installed only as root, by apt-get; the tests in a browser are skipped." >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get -q update && apt-get -q -y --no-install-recommends install chromium chromium-driver; } >/dev/null; then
    echo "tests/browser.sh: apt-get could not install chromium and chromium-driver; the tests in a browser are skipped." >&2
    exit 1
fi
