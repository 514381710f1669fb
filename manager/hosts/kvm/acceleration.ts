import type { HostConnection } from '../connection.ts'
import type { HostPaths } from '../paths.ts'

/**
 * $1: state directory. A /dev/kvm that opens proves nothing: nested guests have some that hang. So a kernel is
 * booted for real, with no root and a panic that ends it; what came out holds until the host boots again.
 */
const PROBE = `
state=$1
boot=$(cat /proc/sys/kernel/random/boot_id)
if read -r seen known 2>/dev/null <"$state/acceleration" && [ "$seen" = "$boot" ]; then echo "$known"; exit; fi
{ [ -d /sys/module/kvm_intel ] || [ -d /sys/module/kvm_amd ]; } && [ -w /dev/kvm ] || { echo tcg; exit; }
for kernel in "$state"/images/*/vmlinuz "/boot/vmlinuz-$(uname -r)"; do
  [ -r "$kernel" ] || continue
  found=tcg
  if timeout -k 1 10 qemu-system-"$(uname -m)" -accel kvm -cpu host -m 256 -nodefaults -display none -no-reboot \\
    -kernel "$kernel" -append 'panic=-1 console=ttyS0' -serial stdio </dev/null 2>/dev/null | grep -q 'Kernel panic'; then
    found=kvm
  fi
  echo "$boot $found" >"$state/acceleration.new" && mv -f "$state/acceleration.new" "$state/acceleration"
  echo "$found"; exit
done
echo tcg`

/** `kvm` only where a probe boot with hardware acceleration worked. */
export async function probeAcceleration(connection: HostConnection, paths: HostPaths): Promise<'kvm' | 'tcg'> {
  const { stdout } = await connection.run(['sh', '-c', PROBE, 'sh', paths.state])
  return stdout.trim() === 'kvm' ? 'kvm' : 'tcg'
}
