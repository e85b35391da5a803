#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what tests, demo and benchmarks use and this machine lacks: Debian packages, by name. Quick when all is there.
set -eu

# command:package; the command decides, so that a tool from elsewhere is good enough.
wanted="ip:iproute2 nft:nftables nginx:nginx-light arping:arping ndisc6:ndisc6 tcpdump:tcpdump ping:iputils-ping
ps:procps curl:curl setpriv:util-linux keepalived:keepalived bird:bird2 vtysh:frr gobgpd:gobgpd
exabgp:exabgp bgpd:openbgpd"

PATH="$PATH:/usr/sbin:/sbin"
missing=""
for pair in $wanted; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "install-tools: these packages are missing and only root can install them:$missing" >&2
    exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "install-tools: this is no Debian; install by hand what these packages hold:$missing" >&2
    exit 1
fi

# A package must not start its daemon here: the lab runs its own, in namespaces. An existing policy stays as it is.
policy=/usr/sbin/policy-rc.d
made_policy=""
cleanup() { [ -z "$made_policy" ] || rm -f "$policy"; }
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
if [ ! -e "$policy" ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
# The lock may be held by another run: wait for it instead of failing.
apt="apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"
echo "install-tools: installing$missing"
install() { $apt install --no-install-recommends $missing; }
# The package lists of a bare image are empty or old; they are fetched only when what is there does not do.
if ! install >/dev/null 2>&1; then
    tries=0
    until $apt update >/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 10 ] || { echo "install-tools: apt-get update keeps failing" >&2; exit 1; }
        sleep 3
    done
    install
fi
