#!/bin/sh
# First process of the demo's host, in mount, pid and network namespaces of its own.
# $1: folder with what is private to it; $2: `libvirt` to run its own libvirtd, else `plain`.
# Its end is the host's power cut: every machine on it ends with it, and every mount.
set -eu
daemons=$2
# Names below are relative to it: the mount over /var/lib/sysvm may hide where it is.
cd "$1"
mkdir -p sysvm /run/netns /run/systemd /var/lib/sysvm
# A /sys that shows its own network, with the control groups that nspawn wants.
mkdir -p cgroup
mount --rbind /sys/fs/cgroup cgroup
mount -t sysfs sysfs /sys
mount --rbind cgroup /sys/fs/cgroup
# Tools beside it must see nothing of this machine's own namespaces and init, nor leave anything there.
mount -t tmpfs -o mode=0755 netns /run/netns
mount -t tmpfs -o mode=0755 systemd /run/systemd
mount --bind sysvm /var/lib/sysvm
if [ "$daemons" = libvirt ]; then
  for part in etc lib run log cache; do mkdir -p "libvirt/$part"; done
  mkdir -p /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
  mount --bind libvirt/etc /etc/libvirt
  mount --bind libvirt/lib /var/lib/libvirt
  mount --bind libvirt/run /run/libvirt
  mount --bind libvirt/log /var/log/libvirt
  mount --bind libvirt/cache /var/cache/libvirt
  rm -f /run/libvirt/libvirtd.pid
  # libvirtd will not start without this user, which only a package of system services would make.
  for file in passwd group; do
    cp "/etc/$file" "libvirt/$file"
    grep -q '^libvirt-qemu:' "/etc/$file" || case $file in
      passwd) echo 'libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin' ;;
      group) echo 'libvirt-qemu:x:64055:' ;;
    esac >>"libvirt/$file"
    mount --bind "libvirt/$file" "/etc/$file"
  done
fi
: >ready
while :; do
  if [ "$daemons" = libvirt ]; then
    # Comes back when it dies: its machines live on without it.
    /usr/sbin/libvirtd --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirt/libvirtd.pid || true
    sleep 1
  else
    # An init reaps what is left to it.
    sleep 3600 & wait $! || true
  fi
done
