import type { BgpSpec } from './spec.ts'

/** One line of bgpd.conf: the contexts it is in, what it sets (of which there is one), and the line. */
export interface Line {
  readonly within: readonly string[]
  readonly sets: string
  readonly text: string
}

const line = (within: readonly string[], text: string, sets = text): Line => ({ within, sets, text })

const family = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4')
const families = ['ipv4', 'ipv6'] as const
const listWord = { ipv4: 'ip', ipv6: 'ipv6' } as const
const everything = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const
const longest = { ipv4: 32, ipv6: 128 } as const

/** Prefix lists: what may be told, and what may be taken. One that matches nothing denies. */
const lists = ({ advertise }: BgpSpec): readonly Line[] =>
  families.flatMap((kind) => {
    const list = (name: string, rule: string): Line => line([], `${listWord[kind]} prefix-list ${name} ${rule}`)
    const all = everything[kind]
    return [
      list('in-none', `deny ${all} le ${longest[kind]}`),
      list('in-default', `permit ${all}`),
      list('in-all', `permit ${all} le ${longest[kind]}`),
      ...advertise.filter((network) => family(network) === kind).map((network) => list('out', `permit ${network}`)),
      // An empty list would permit all.
      list('out', `deny ${all}`),
    ]
  })

const peerLines = (router: string, own: number, peer: BgpSpec['peers'][number]): readonly Line[] => {
  const { address, asn, password, multihop, holdSeconds, maximumPrefixes } = peer
  const name = `neighbor ${address}`
  const inside = [router, `address-family ${family(address)} unicast`]
  const set = (what: string, value: string, tail = ''): Line =>
    line([router], `${name} ${what} ${value}${tail}`, `${name} ${what}`)
  return [
    set('remote-as', String(asn)),
    ...(password === undefined ? [] : [set('password', password)]),
    ...(asn === own || multihop === 1 ? [] : [set('ebgp-multihop', String(multihop))]),
    set('timers', `${Math.max(1, Math.floor(holdSeconds / 3))} ${holdSeconds}`),
    // Short, as hold times are given in seconds: a peer that comes back is not waited for two minutes.
    set('timers connect', '5'),
    line(inside, `${name} activate`),
    line(inside, `${name} prefix-list in-${peer.import} in`, `${name} prefix-list in`),
    line(inside, `${name} prefix-list out out`, `${name} prefix-list out`),
    line(inside, `${name} maximum-prefix ${maximumPrefixes}`, `${name} maximum-prefix`),
  ]
}

/** All that bgpd is told, in its own order: lists first, since filters name them. Pure. */
export const linesOf = (spec: BgpSpec): readonly Line[] => {
  const router = `router bgp ${spec.asn}`
  return [
    ...lists(spec),
    line([router], `bgp router-id ${spec.routerId}`, 'bgp router-id'),
    // Its neighbours' family says what a session carries, and networks are told whether or not the kernel has them.
    line([router], 'no bgp default ipv4-unicast'),
    line([router], 'no bgp network import-check'),
    // A router that goes must not be remembered: its networks may be elsewhere a moment later.
    line([router], 'bgp graceful-restart-disable'),
    ...spec.peers.flatMap((peer) => peerLines(router, spec.asn, peer)),
    ...spec.advertise.map((network) =>
      line([router, `address-family ${family(network)} unicast`], `network ${network}`),
    ),
  ]
}

/** Words that open and close a context. */
const open = (contexts: readonly string[]): readonly string[] =>
  contexts.map((context, index) => `${' '.repeat(index)}${context}\n`)
const closing = ['exit\n', ' exit-address-family\n']

/** bgpd.conf. */
export const configText = (spec: BgpSpec): string => {
  const sections = Map.groupBy(linesOf(spec), ({ within }) => within.join('\n'))
  const [plain = [], top = []] = [sections.get(''), sections.get(`router bgp ${spec.asn}`)]
  const inner = [...sections].filter(([key]) => key.includes('\n'))
  const text = (lines: readonly Line[], depth: number): string =>
    lines.map((entry) => `${' '.repeat(depth)}${entry.text}\n`).join('')
  return [
    'frr defaults traditional\n',
    text(plain, 0),
    ...open([`router bgp ${spec.asn}`]),
    text(top, 1),
    ...inner.map(
      ([key, lines]) =>
        `${open(['', key.split('\n')[1] ?? ''])
          .slice(1)
          .join('')}${text(lines, 2)}${closing[1]}`,
    ),
    closing[0],
  ].join('')
}
