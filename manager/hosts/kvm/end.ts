import type { LeaseEnd } from '../lease.ts'

/**
 * $2: domain. By the process itself, whose number libvirt writes down, without a newline: its daemon may be stuck, and the
 * disk gone that grep is on.
 */
const KILL = `
pid=
read -r pid 2>/dev/null <"/run/libvirt/qemu/$2.pid" || [ -n "$pid" ] || exit 0
count=$(grep -czs "^guest=$2," "/proc/$pid/cmdline" 2>/dev/null)
if [ -z "$count" ]; then
  comm=
  read -r comm 2>/dev/null <"/proc/$pid/comm"
  case $comm in qemu*) count=1 ;; esac
fi
[ "\${count:-0}" = 0 ] || kill -KILL "$pid" 2>/dev/null`

/** $2: domain. One that is known by another name, or whose end its daemon has not noticed. */
const CLEAN = `
[ -e "/run/libvirt/qemu/$2.pid" ] || exit 0
sleep 1
[ ! -e "/run/libvirt/qemu/$2.pid" ] || timeout 10 virsh --quiet --connect qemu:///system destroy "$2"`

/** What ran when the host was switched off would be started with it, whoever runs it elsewhere by then. */
const MAY = `
[ -d /run/systemd/system ] || exit 0
ls /etc/systemd/system/*.wants/libvirt-guests.service >/dev/null 2>&1 || exit 0
ON_BOOT=start
for file in /etc/default/libvirt-guests /etc/sysconfig/libvirt-guests; do [ ! -e "$file" ] || . "$file"; done
[ "$ON_BOOT" = start ] || exit 0
echo 'libvirt-guests starts machines when the host boots: set ON_BOOT=ignore in /etc/default/libvirt-guests'
exit 1`

/** The end of a domain whose time is over. */
export const domainEnd = { kill: KILL, clean: CLEAN, may: MAY } as const satisfies Omit<LeaseEnd, 'words'>
