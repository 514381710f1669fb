#!/bin/sh
# First process of the demo's host, in mount, pid and network namespaces of its own.
# $1: folder with what is private to it; $2: `libvirt` to run its own libvirtd, else `plain`.
# Its end is the host's power cut: every machine on it ends with it, and every mount.
set -eu
folder=$1 daemons=$2
mkdir -p "$folder/sysvm" /run/netns /run/systemd /var/lib/sysvm
# Tools beside it must see nothing of this machine's own namespaces and init, nor leave anything there.
mount -t tmpfs -o mode=0755 netns /run/netns
mount -t tmpfs -o mode=0755 systemd /run/systemd
mount --bind "$folder/sysvm" /var/lib/sysvm
if [ "$daemons" = libvirt ]; then
  for part in etc lib run log cache; do mkdir -p "$folder/libvirt/$part"; done
  mkdir -p /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
  mount --bind "$folder/libvirt/etc" /etc/libvirt
  mount --bind "$folder/libvirt/lib" /var/lib/libvirt
  mount --bind "$folder/libvirt/run" /run/libvirt
  mount --bind "$folder/libvirt/log" /var/log/libvirt
  mount --bind "$folder/libvirt/cache" /var/cache/libvirt
  rm -f /run/libvirt/libvirtd.pid
  # libvirtd will not start without this user, which only a package of system services would make.
  for file in passwd group; do
    cp "/etc/$file" "$folder/libvirt/$file"
    grep -q '^libvirt-qemu:' "/etc/$file" || case $file in
      passwd) echo 'libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin' ;;
      group) echo 'libvirt-qemu:x:64055:' ;;
    esac >>"$folder/libvirt/$file"
    mount --bind "$folder/libvirt/$file" "/etc/$file"
  done
fi
: >"$folder/ready"
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
