#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# container_test.sh SOURCE: runs section %post of SOURCE/slurm/msunet.def in a new Debian 12 root, as
# Apptainer would, and then a small sweep with the installed program. Needs root, debootstrap and a
# network; otherwise it ends with code 77. MSUNET_DEBIAN_MIRROR names a mirror.
set -euo pipefail

source=$1
mirror=${MSUNET_DEBIAN_MIRROR:-http://deb.debian.org/debian}
skip() {
    echo "SKIPPED: $1"
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip "a Debian root can only be made by root"
command -v debootstrap >/dev/null || skip "debootstrap is missing; scripts/setup.sh --dev installs it"
git -C "$source" rev-parse >/dev/null 2>&1 || skip "'$source' is no clone"

# A namespace of mounts of its own: nothing stays mounted, however the test ends.
if [ -z "${MSUNET_IN_NAMESPACE:-}" ]; then
    MSUNET_IN_NAMESPACE=1 exec unshare --mount "$0" "$@"
fi

root=$(mktemp -d)
chmod 755 "$root"  # apt downloads as a user of its own
trap 'umount "$root/proc" "$root/dev" 2>/dev/null; rm -rf "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || {
    tail -n 3 "$root.log"
    skip "debootstrap failed with $mirror"
}
rm -f "$root.log"
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"

# The network's settings are those of this machine, certificates included.
cp /etc/resolv.conf "$root/etc/resolv.conf"
certificates=()
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/host-certificates.crt"
    certificates=(PIP_CERT=/etc/host-certificates.crt)
fi
inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
        "${certificates[@]}" ${http_proxy:+http_proxy="$http_proxy"} \
        OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 chroot "$root" "$@"
}

mkdir -p "$root/opt/msunet/source"
git -C "$source" ls-files -z | tar -C "$source" --null -T - -c | tar -C "$root/opt/msunet/source" -x
awk '/^%/ { in_post = ($1 == "%post"); next } in_post' "$source/slurm/msunet.def" >"$root/post.sh"
grep -q setup.sh "$root/post.sh"
inside bash -e /post.sh

inside /opt/msunet/bin/msunet --version
inside /opt/msunet/bin/msunet phantom /heads --animals 2 --scale 0.5
inside /opt/msunet/bin/msunet -tpath /heads/data -mpath /heads/masks -ts 32 -fp 1 -v 0.5 \
    -talos "{'epochs': [1], 'batch_size': [8]}" --enable_augmentation False \
    --output_directory /results -n container
test -s "$root/results/container/best_model.hdf5"
echo "%post of slurm/msunet.def works in a Debian 12 root"
