#!/bin/sh
# Runs a program in control groups of its own, $1 below those it is started in: what its machines make of them is
# found again by that name. The rest is the program.
set -eu
group=$1
shift
while IFS=: read -r _ controllers path; do
  case $controllers in
    '') tree=/sys/fs/cgroup; [ ! -d $tree/unified ] || tree=$tree/unified ;;
    name=systemd) tree=/sys/fs/cgroup/systemd ;;
    *) continue ;;
  esac
  path=${path%/}
  # Started from inside, as after a repair, it stays where it is.
  case $path/ in */"$group"/*) continue ;; esac
  if mkdir -p "$tree$path/$group" 2>/dev/null; then echo 0 >"$tree$path/$group/cgroup.procs"; fi
done </proc/self/cgroup
exec "$@"
