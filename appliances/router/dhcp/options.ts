import * as kind from './grammar.ts'

interface Option {
  readonly name: string
  readonly kind: kind.Kind
}

/**
 * Options that a guest may be given, by code (IANA, "BOOTP Vendor Extensions and DHCP Options"), under the names that
 * CloudStack takes. Left out are those by which the protocol itself works: message type, server, lease, client.
 */
export const OPTIONS: ReadonlyMap<number, Option> = new Map<number, Option>([
  [2, { name: 'time-offset', kind: kind.int32 }],
  [3, { name: 'router', kind: kind.addresses }],
  [4, { name: 'time-server', kind: kind.addresses }],
  [6, { name: 'dns-server', kind: kind.addresses }],
  [7, { name: 'log-server', kind: kind.addresses }],
  [9, { name: 'lpr-server', kind: kind.addresses }],
  [13, { name: 'boot-file-size', kind: kind.uint16 }],
  [15, { name: 'domain-name', kind: kind.text }],
  [16, { name: 'swap-server', kind: kind.address }],
  [17, { name: 'root-path', kind: kind.text }],
  [18, { name: 'extension-path', kind: kind.text }],
  [19, { name: 'ip-forward-enable', kind: kind.flag }],
  [20, { name: 'non-local-source-routing', kind: kind.flag }],
  [21, { name: 'policy-filter', kind: kind.pairs }],
  [22, { name: 'max-datagram-reassembly', kind: kind.uint16 }],
  [23, { name: 'default-ttl', kind: kind.uint8 }],
  [26, { name: 'mtu', kind: kind.uint16 }],
  [27, { name: 'all-subnets-local', kind: kind.flag }],
  [31, { name: 'router-discovery', kind: kind.flag }],
  [32, { name: 'router-solicitation', kind: kind.address }],
  [33, { name: 'static-route', kind: kind.pairs }],
  [34, { name: 'trailer-encapsulation', kind: kind.flag }],
  [35, { name: 'arp-timeout', kind: kind.uint32 }],
  [36, { name: 'ethernet-encap', kind: kind.flag }],
  [37, { name: 'tcp-ttl', kind: kind.uint8 }],
  [38, { name: 'tcp-keepalive', kind: kind.uint32 }],
  [40, { name: 'nis-domain', kind: kind.text }],
  [41, { name: 'nis-server', kind: kind.addresses }],
  [42, { name: 'ntp-server', kind: kind.addresses }],
  [43, { name: 'vendor-encap', kind: kind.bytes }],
  [44, { name: 'netbios-ns', kind: kind.addresses }],
  [45, { name: 'netbios-dd', kind: kind.addresses }],
  [46, { name: 'netbios-nodetype', kind: kind.uint8 }],
  [47, { name: 'netbios-scope', kind: kind.text }],
  [48, { name: 'x-windows-fs', kind: kind.addresses }],
  [49, { name: 'x-windows-dm', kind: kind.addresses }],
  [64, { name: 'nis+-domain', kind: kind.text }],
  [65, { name: 'nis+-server', kind: kind.addresses }],
  [66, { name: 'tftp-server', kind: kind.text }],
  [67, { name: 'bootfile-name', kind: kind.text }],
  [68, { name: 'mobile-ip-home', kind: kind.addresses }],
  [69, { name: 'smtp-server', kind: kind.addresses }],
  [70, { name: 'pop3-server', kind: kind.addresses }],
  [71, { name: 'nntp-server', kind: kind.addresses }],
  [74, { name: 'irc-server', kind: kind.addresses }],
  [100, { name: 'posix-timezone', kind: kind.text }],
  [101, { name: 'tzdb-timezone', kind: kind.text }],
  [114, { name: 'captive-portal', kind: kind.text }],
  [119, { name: 'domain-search', kind: kind.domains }],
  [121, { name: 'classless-static-route', kind: kind.routes }],
  [150, { name: 'tftp-server-address', kind: kind.addresses }],
  [252, { name: 'wpad', kind: kind.text }],
])

const isFree = (code: number): boolean => code >= 224 && code <= 254

const byName = new Map([...OPTIONS].map(([code, { name }]) => [name, code]))

/** Code of an option given by number or name; undefined where it is none that a guest may be given. */
export const optionCode = (given: string): number | undefined => {
  const code = /^[1-9]\d{0,2}$/.test(given) ? Number(given) : byName.get(given.toLowerCase())
  return code !== undefined && (OPTIONS.has(code) || isFree(code)) ? code : undefined
}

/** Its name; of a site's own option its code. */
export const optionName = (code: number): string => OPTIONS.get(code)?.name ?? String(code)

/** The option's bytes; undefined where the value does not fit the code. */
export const encodeOption = (code: number, value: string): Buffer | undefined => {
  const encode = OPTIONS.get(code)?.kind ?? (isFree(code) ? kind.free : undefined)
  const bytes = encode?.(value)
  return kind.fits(bytes) ? bytes : undefined
}
