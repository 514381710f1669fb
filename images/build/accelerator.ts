import { existsSync } from 'node:fs'
import { $ } from './shell.ts'

export interface Accelerator {
  readonly name: 'kvm' | 'tcg'
  readonly cpu: string
  readonly why: string
}

/** The features Debian's x86-64 programs and Node use; `max` would emulate far more and be slower. */
const TCG_CPU = 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+aes,+pclmulqdq,+rdrand'
/** The kernel boots without a root, panics and ends; 2.9 s under TCG, so KVM that needs longer does not work. */
const PROBE_SECONDS = 10

const tcg = (why: string): Accelerator => ({ name: 'tcg', cpu: TCG_CPU, why })

/** Chooses by facts, not by /dev/kvm alone: it can exist and hang. */
export const chooseAccelerator = async (kernel: string): Promise<Accelerator> => {
  if (!existsSync('/dev/kvm')) return tcg('there is no /dev/kvm')
  if (!['kvm_intel', 'kvm_amd'].some((name) => existsSync(`/sys/module/${name}`))) {
    return tcg('/dev/kvm is there without kvm_intel or kvm_amd behind it')
  }
  const probe =
    await $`timeout --kill-after=1 ${PROBE_SECONDS} qemu-system-x86_64 -accel kvm -cpu host -m 128 -nodefaults -display none -no-reboot -kernel ${kernel} -append ${'panic=-1'}`.nothrow()
  return probe.exitCode === 0
    ? { name: 'kvm', cpu: 'host', why: 'a probe boot with hardware acceleration worked' }
    : tcg('a probe boot with hardware acceleration failed')
}
