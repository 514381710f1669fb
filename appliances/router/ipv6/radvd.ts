import { token } from '../dns/text.ts'
import { networkOf6 } from '../whole.ts'
import { advertising, GUEST_LINK_LOCAL, type Interface6 } from './sides.ts'
import type { Ipv6Spec } from './spec.ts'

export const RADVD_FILE = 'ipv6/radvd.conf'

const line = (depth: number, ...words: readonly (string | number)[]): string =>
  `${'  '.repeat(depth)}${words.map(token).join(' ')};\n`

const list = (depth: number, name: string, values: readonly string[]): string =>
  values.length === 0
    ? ''
    : `${'  '.repeat(depth)}${token(name)} ${values.map(token).join(' ')} {\n${'  '.repeat(depth)}};\n`

const prefix = (cidr: string, autonomous: boolean): string =>
  [
    `  prefix ${token(networkOf6(cidr))} {\n`,
    line(2, 'AdvOnLink', 'on'),
    line(2, 'AdvAutonomous', autonomous ? 'on' : 'off'),
    '  };\n',
  ].join('')

const interfaceText = ({ device, addresses, advertisement }: Interface6): string => {
  if (advertisement === undefined) return ''
  const { addressing, nameservers, search, mtu } = advertisement
  return [
    `interface ${token(device)} {\n`,
    line(1, 'AdvSendAdvert', 'on'),
    // A guest that missed the answer to its question waits this long at most.
    line(1, 'MinRtrAdvInterval', 20),
    line(1, 'MaxRtrAdvInterval', 60),
    line(1, 'AdvDefaultLifetime', 1800),
    line(1, 'AdvManagedFlag', addressing === 'slaac' ? 'off' : 'on'),
    line(1, 'AdvOtherConfigFlag', addressing === 'slaac' ? 'off' : 'on'),
    ...(mtu === undefined ? [] : [line(1, 'AdvLinkMTU', mtu)]),
    // A router that stops may be about to be replaced by another one with the same address.
    line(1, 'RemoveAdvOnExit', 'off'),
    `  AdvRASrcAddress {\n${line(2, GUEST_LINK_LOCAL)}  };\n`,
    ...addresses.map((cidr) => prefix(cidr, addressing !== 'dhcp')),
    list(1, 'RDNSS', nameservers),
    list(1, 'DNSSL', search),
    '};\n',
  ].join('')
}

/** radvd.conf(5). */
export const radvdText = (spec: Ipv6Spec): string => advertising(spec).map(interfaceText).join('')
