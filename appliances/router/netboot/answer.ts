import { ipxeScript, pxelinuxConfig } from './script.ts'
import type { NetbootGuest } from './spec.ts'

/** Programs that a network card loads, by the name it asks for. */
export const LOADERS = ['undionly.kpxe', 'snponly.efi', 'ipxe-arm64.efi'] as const
export type Loader = (typeof LOADERS)[number]

export const SCRIPT_NAME = 'boot.ipxe'

/** `02:00:00:00:00:01` as pxelinux asks for it: the hardware type and the address (ARP type 1 is Ethernet). */
const pxelinuxName = (mac: string): string => `pxelinux.cfg/01-${mac.replaceAll(':', '-')}`

/** What a guest may have, by name: a table, so that no name is ever a path. */
export const answersFor = (
  guest: NetbootGuest,
  loaders: ReadonlyMap<string, Buffer>,
): ReadonlyMap<string, () => Buffer> => {
  const config = pxelinuxConfig(guest)
  const pxelinux =
    config === undefined
      ? []
      : ([pxelinuxName(guest.mac), 'pxelinux.cfg/default'] as const).map(
          (name) => [name, () => Buffer.from(config)] as const,
        )
  return new Map<string, () => Buffer>([
    ...[...loaders].map(([name, bytes]) => [name, () => bytes] as const),
    [SCRIPT_NAME, () => Buffer.from(ipxeScript(guest))],
    ...pxelinux,
  ])
}

/** What the guest that asks gets for a name; one slash in front of it is customary. Undefined: it does not exist. */
export const answerTo = (
  guests: Readonly<Record<string, NetbootGuest>>,
  loaders: ReadonlyMap<string, Buffer>,
  client: string,
  name: string,
): Buffer | undefined => {
  const guest = Object.hasOwn(guests, client) ? guests[client] : undefined
  if (guest === undefined) return undefined
  return answersFor(guest, loaders).get(name.replace(/^\//, ''))?.()
}
