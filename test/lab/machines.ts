import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineSpec } from '@sysvm/manager/hosts'
import type { SshKeys } from './keys.ts'

/** Content hash of an image folder. */
export const imageHash = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { hash: string }).hash

/** A locally administered MAC address for the n-th nic of the n-th machine. */
export const macOf = (machine: number, nic = 0): string =>
  `0e:00:00:00:${machine.toString(16).padStart(2, '0')}:${nic.toString(16).padStart(2, '0')}`

/** Control address of the n-th system VM. */
export const controlAddress = (machine: number): string => `169.254.9.${machine}`

/** What a manager signs specs with. */
export const specKeys = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { specPrivate: privateKey, specPublic: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') }
}

/**
 * A system VM with only its control nic. `manager` opens its control user, `hostKey` is what its SSH server shows.
 */
export function systemMachine(
  image: string,
  number: number,
  keys: {
    readonly manager: SshKeys
    readonly hostKey: SshKeys
    /** Opens a root shell. */
    readonly operator?: SshKeys
    readonly specPublic?: string
  },
  more: Partial<MachineSpec> = {},
): MachineSpec {
  const name = more.name ?? `t9x${number}`
  const managerKey = keys.specPublic ?? specKeys().specPublic
  const nics = more.nics ?? [{ mac: macOf(number), bridge: 'cloud0', device: 'eth0' }]
  return {
    name,
    uuid: crypto.randomUUID(),
    kind: 'system',
    image: imageHash(image),
    cpus: 1,
    memoryMiB: 256,
    ...more,
    nics,
    boot: {
      name,
      role: 'router',
      control: `${controlAddress(number)}/16`,
      nics: nics.map(({ mac, device }) => ({ mac, device })),
      authorizedKey: keys.manager.publicKey,
      ...(keys.operator && { operatorKey: keys.operator.publicKey }),
      hostKey: Buffer.from(keys.hostKey.privateKey).toString('base64'),
      managerKey,
    },
  }
}
