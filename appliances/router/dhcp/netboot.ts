import { HTTP_PORT } from '../netboot/document.ts'
import type { NetbootSpec } from '../netboot/spec.ts'
import type { DhcpSpec } from './spec.ts'

type Subnet = DhcpSpec['subnets'][number]

/** The class of a reservation whose guest may boot over the network. */
export const NETBOOT_CLASS = 'netboot'

interface Firmware {
  readonly name: string
  /** Kea's expression (ARM, "Using Expressions in Classification"). */
  readonly test: string
  readonly file: (gateway: string) => string
  readonly vendor?: string
}

const script = (gateway: string): string => `http://${gateway}:${HTTP_PORT}/boot.ipxe`
const architecture = (...numbers: readonly string[]): string =>
  numbers.map((number) => `option[93].hex == 0x${number}`).join(' or ')

/**
 * What each firmware loads first, by its architecture (RFC 4578 and IANA's list). iPXE, which all of these become, says
 * so in its user class and gets the guest's script.
 */
const firmwares: readonly Firmware[] = [
  { name: 'ipxe', test: "option[77].hex == 'iPXE'", file: script },
  { name: 'bios', test: architecture('0000'), file: () => 'undionly.kpxe' },
  { name: 'efi', test: architecture('0007', '0009'), file: () => 'snponly.efi' },
  { name: 'arm64', test: architecture('000b'), file: () => 'ipxe-arm64.efi' },
  {
    name: 'http',
    test: architecture('000f', '0010'),
    file: (gateway) => `http://${gateway}:${HTTP_PORT}/snponly.efi`,
    vendor: 'HTTPClient',
  },
  {
    name: 'http-arm64',
    test: architecture('0013'),
    file: (gateway) => `http://${gateway}:${HTTP_PORT}/ipxe-arm64.efi`,
    vendor: 'HTTPClient',
  },
]

const boots = (netboot: NetbootSpec | undefined, { gateway }: Subnet): boolean =>
  netboot !== undefined && netboot.guests.length > 0 && netboot.listen.includes(gateway)

const className = (id: number, firmware: Firmware): string => `${NETBOOT_CLASS}-${id}-${firmware.name}`

const classOf = (subnet: Subnet, id: number, firmware: Firmware): object => {
  const { gateway } = subnet
  const ipxe = firmwares[0]
  const notYet = ipxe === undefined || firmware === ipxe ? '' : ` and not (${ipxe.test})`
  const file = firmware.file(gateway)
  return {
    name: className(id, firmware),
    // Reservations are known by then.
    'only-if-required': true,
    test: `member('${NETBOOT_CLASS}') and (${firmware.test})${notYet}`,
    'next-server': gateway,
    'boot-file-name': file,
    'option-data': [
      { name: 'tftp-server-name', data: gateway },
      { name: 'boot-file-name', data: file },
      ...(firmware.vendor === undefined
        ? []
        : [{ name: 'vendor-class-identifier', data: firmware.vendor, 'always-send': true }]),
    ],
  }
}

/** Classes of Kea by which guests that boot over the network find their first program; none where nobody does. */
export const netbootClasses = (
  netboot: NetbootSpec | undefined,
  subnets: readonly (readonly [Subnet, id: number])[],
): readonly object[] => {
  const serving = subnets.filter(([subnet]) => boots(netboot, subnet))
  if (serving.length === 0) return []
  return [
    { name: NETBOOT_CLASS },
    ...serving.flatMap(([subnet, id]) => firmwares.map((firmware) => classOf(subnet, id, firmware))),
  ]
}

/** What a subnet says of them. */
export const subnetClasses = (netboot: NetbootSpec | undefined, subnet: Subnet, id: number): object =>
  boots(netboot, subnet) ? { 'require-client-classes': firmwares.map((firmware) => className(id, firmware)) } : {}

/** What the reservation of such a guest says. */
export const guestClasses = (netboot: NetbootSpec | undefined, mac: string): object =>
  netboot?.guests.some((guest) => guest.mac === mac) === true ? { 'client-classes': [NETBOOT_CLASS] } : {}
