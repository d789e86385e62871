#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a command in an empty Debian, in a copy of a clone of this repository:
#
#   root.sh FOLDER SUITE ARCHITECTURE COMMAND...
#
# The Debian is FOLDER/root, made with debootstrap where it is not there yet; the clone is FOLDER/clone,
# and its copy FOLDER/root/clone/libcogmig. Mounts and processes are in namespaces that end with the command.
# Needs root.
set -eu

folder=$1 suite=$2 architecture=$3
shift 3
root=$folder/root

fail() {
    printf 'root.sh: %s\n' "$*" >&2
    exit 1
}

# Where this machine has its own packages from.
mirror() {
    if [ -n "${COGMIG_DEBIAN_MIRROR:-}" ]; then
        echo "$COGMIG_DEBIAN_MIRROR"
        return
    fi
    apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' |
        awk '$2 == "Debian" && $3 == "Debian" { print $1; exit }'
}

make_root() {
    from=$(mirror)
    [ -n "$from" ] || fail 'apt knows no mirror of Debian here: name one in COGMIG_DEBIAN_MIRROR'
    rm -rf "$root"
    mkdir -p "$folder"
    if ! debootstrap --variant=minbase --arch="$architecture" \
        --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
        "$suite" "$root" "$from" >"$folder/debootstrap.log" 2>&1; then
        tail -n 20 "$folder/debootstrap.log" >&2
        fail "debootstrap failed; the whole of what it said is in $folder/debootstrap.log"
    fi
    # No package starts a service in there.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    # Nobody minds when power is cut.
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/90root"
    # Proxies, and whether a mirror may be of yesterday.
    apt-config dump | sed -nE '/^Acquire::(https?|Check-)/p' >"$root/etc/apt/apt.conf.d/90machine"
    touch "$folder/is-made"
}

[ -e "$folder/is-made" ] || make_root
rm -rf "$root/clone"
mkdir "$root/clone"
cp -r "$folder/clone" "$root/clone/libcogmig"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
# Whom this machine trusts with npm's packages.
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/machine-trusts.pem"

exec unshare --mount --pid --fork --kill-child sh -eu -c '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
    mount --bind "$root/dev/pts/ptmx" "$root/dev/ptmx"
    mount -t tmpfs tmpfs "$root/dev/shm"
    exec chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LC_ALL=C.UTF-8 TERM=dumb NODE_EXTRA_CA_CERTS=/etc/machine-trusts.pem \
        npm_config_cafile=/etc/machine-trusts.pem ${http_proxy:+"http_proxy=$http_proxy"} \
        ${https_proxy:+"https_proxy=$https_proxy"} ${no_proxy:+"no_proxy=$no_proxy"} \
        sh -c "cd /clone/libcogmig && \"\$@\"" sh "$@"
' sh "$root" "$@"
