import { BOOT_CREDENTIAL } from '@sysvm/agent/boot'
import type { MachineNic, MachineSpec } from '../driver.ts'
import { portName } from '../paths.ts'
import { type Element, element, renderXml } from './xml.ts'

/** What a domain needs to know of its host and image besides the machine itself. */
export interface DomainFiles {
  readonly acceleration: 'kvm' | 'tcg'
  readonly architecture: 'amd64' | 'arm64'
  /** Overlay of this machine, qcow2. */
  readonly disk: string
  readonly console: string
  /** For direct boot; without a kernel the disk boots itself. */
  readonly kernel?: string | undefined
  readonly initrd?: string | undefined
  readonly kernelArguments: readonly string[]
  /** File with the boot parameters, for system VMs. */
  readonly credential?: string | undefined
}

/** As many nics as a PCIe machine can have, those it boots with included. */
const HOTPLUG_PORTS = 24
const rootPort = element('controller', { type: 'pci', model: 'pcie-root-port' })

const nicElement = (machine: string, nic: MachineNic): Element =>
  element(
    'interface',
    { type: 'bridge' },
    element('mac', { address: nic.mac }),
    element('source', { bridge: nic.bridge }),
    element('target', { dev: portName(machine, nic) }),
    element('model', { type: 'virtio' }),
    // No boot firmware on a nic: it would be asked for, read and never used.
    element('rom', { enabled: 'no' }),
  )

/** libvirt's description of one nic, to be plugged in or changed. */
export const nicXml = (machine: string, nic: MachineNic): string => renderXml(nicElement(machine, nic))

/** QEMU's translation cache would grow to a third of the host's memory; 128 MiB run at full speed. */
const TCG_CACHE_MIB = 128

/** libvirt's description of a machine. Pure: the same machine gives the same text. */
export function domainXml(machine: MachineSpec, files: DomainFiles): string {
  const kvm = files.acceleration === 'kvm'
  const arm = files.architecture === 'arm64'
  return renderXml(
    element(
      'domain',
      { type: kvm ? 'kvm' : 'qemu' },
      element('name', {}, machine.name),
      element('uuid', {}, machine.uuid),
      element('memory', { unit: 'MiB' }, machine.memoryMiB),
      element('vcpu', {}, machine.cpus),
      operatingSystem(arm, files),
      files.credential !== undefined &&
        element(
          'sysinfo',
          { type: 'fwcfg' },
          element('entry', { name: `opt/io.systemd.credentials/${BOOT_CREDENTIAL}`, file: files.credential }),
        ),
      element(
        'features',
        {},
        element('acpi'),
        !kvm && element('tcg', {}, element('tb-cache', { unit: 'MiB' }, TCG_CACHE_MIB)),
      ),
      processor(kvm, arm),
      element('clock', { offset: 'utc' }),
      element('on_poweroff', {}, 'destroy'),
      element('on_reboot', {}, 'restart'),
      element('on_crash', {}, 'destroy'),
      element(
        'devices',
        {},
        element('emulator', {}, `/usr/bin/qemu-system-${arm ? 'aarch64' : 'x86_64'}`),
        element(
          'disk',
          { type: 'file', device: 'disk' },
          element('driver', { name: 'qemu', type: 'qcow2', discard: 'unmap' }),
          element('source', { file: files.disk }),
          element('target', { dev: 'vda', bus: 'virtio' }),
        ),
        // A nic is plugged into a port of its own on PCIe; the other architecture's bus takes it as it is.
        ...(arm ? Array.from({ length: HOTPLUG_PORTS }, () => rootPort) : []),
        ...machine.nics.map((nic) => nicElement(machine.name, nic)),
        element(
          'serial',
          { type: 'file' },
          element('source', { path: files.console, append: 'on' }),
          element('target', { port: 0 }),
        ),
        element(
          'console',
          { type: 'file' },
          element('source', { path: files.console, append: 'on' }),
          element('target', { type: 'serial', port: 0 }),
        ),
        element('rng', { model: 'virtio' }, element('backend', { model: 'random' }, '/dev/urandom')),
        element('memballoon', { model: 'none' }),
      ),
    ),
  )
}

/** x86-64-v2 and what makes encryption fast: all that Debian's programs and Node look for. */
const EMULATED_FEATURES = ['ssse3', 'sse4.1', 'sse4.2', 'popcnt', 'aes', 'pclmuldq', 'rdrand']

/** With hardware the guest sees the host's processor. */
function processor(kvm: boolean, arm: boolean): Element {
  if (kvm) return element('cpu', { mode: 'host-passthrough' })
  if (arm) return element('cpu', { mode: 'maximum' })
  // All that TCG can do, AVX with it, takes a quarter more time: programs choose the instructions it is worst at.
  return element(
    'cpu',
    { mode: 'custom', match: 'exact', check: 'none' },
    element('model', { fallback: 'forbid' }, 'qemu64'),
    ...EMULATED_FEATURES.map((name) => element('feature', { policy: 'require', name })),
  )
}

function operatingSystem(arm: boolean, files: DomainFiles): Element {
  const direct = files.kernel !== undefined
  const console = arm ? 'ttyAMA0' : 'ttyS0'
  return element(
    'os',
    {},
    element('type', { arch: arm ? 'aarch64' : 'x86_64', machine: arm ? 'virt' : 'pc' }, 'hvm'),
    direct && element('kernel', {}, files.kernel),
    direct && files.initrd !== undefined && element('initrd', {}, files.initrd),
    direct && element('cmdline', {}, [...files.kernelArguments, `console=${console}`].join(' ')),
    !direct && element('boot', { dev: 'hd' }),
  )
}
