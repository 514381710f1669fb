import type { Effects } from '@sysvm/agent/service'
import { isSysvmError, messageOf } from '@sysvm/errors'
import { coverOf } from './cover.ts'

/** One direction of a connection as conntrack(8) prints it. */
export interface Direction {
  readonly source: string
  readonly destination: string
  /** Of TCP, UDP and SCTP. */
  readonly sourcePort?: number
  readonly destinationPort?: number
}

/** A tracked connection: what its first packet said, and what its answers say, which shows how it is translated. */
export interface Flow {
  /** `tcp`, `udp`, `icmp`, or the number of another protocol. */
  readonly protocol: string
  readonly original: Direction
  readonly reply: Direction
  /** Type, code and id of an echo request. */
  readonly icmp?: readonly [type: string, code: string, id: string]
  /** Both sides have ended it: the kernel remembers it for stray packets, and forgets it when it begins anew. */
  readonly ended?: true
}

const ENDED = new Set(['TIME_WAIT', 'CLOSE'])

const named = new Set(['tcp', 'udp', 'icmp', 'icmpv6', 'sctp', 'dccp', 'udplite', 'gre'])

const directionOf = (pairs: ReadonlyMap<string, string>): Direction => {
  const [sourcePort, destinationPort] = [pairs.get('sport'), pairs.get('dport')]
  return {
    source: pairs.get('src') ?? '',
    destination: pairs.get('dst') ?? '',
    ...(sourcePort === undefined ? {} : { sourcePort: Number(sourcePort) }),
    ...(destinationPort === undefined ? {} : { destinationPort: Number(destinationPort) }),
  }
}

/** A line such as `tcp 6 299 ESTABLISHED src=… dst=… sport=… dport=… src=… … mark=0 use=1`. Pure. */
export const parseFlow = (line: string): Flow | undefined => {
  const words = line.split(/\s+/).filter((word) => word !== '')
  const [name = '', number = ''] = words
  const pairs = words.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string])
  const second = pairs.findIndex(([key], index) => key === 'src' && index > 0)
  if (second < 0) return undefined
  const original = new Map(pairs.slice(0, second))
  const [type, code, id] = ['type', 'code', 'id'].map((key) => original.get(key))
  return {
    protocol: named.has(name) ? name : number,
    original: directionOf(original),
    reply: directionOf(new Map(pairs.slice(second))),
    ...(type === undefined || code === undefined || id === undefined ? {} : { icmp: [type, code, id] as const }),
    ...(ENDED.has(words[3] ?? '') ? { ended: true as const } : {}),
  }
}

/** conntrack(8) exits with 1 when it found nothing. */
const none = (error: unknown): boolean => messageOf(error).includes(' 0 flow entries')

/** Connections that the kernel tracks now, IPv4 unless told. `only` are words of conntrack(8), such as `--dst-nat`. */
export const readFlows = async ({ run }: Effects, ...only: readonly string[]): Promise<readonly Flow[]> => {
  try {
    const { stdout } = await run(['conntrack', '--dump', ...only])
    return stdout.split('\n').flatMap((line) => parseFlow(line) ?? [])
  } catch (error) {
    if (none(error)) return []
    throw error
  }
}

/** conntrack(8) has words of their own for the two protocols. */
const icmpWords = ({ protocol, icmp: [type, code, id] = ['', '', ''] }: Flow): string => {
  const name = protocol === 'icmpv6' ? 'icmpv6' : 'icmp'
  return `--${name}-type ${type} --${name}-code ${code} --${name}-id ${id}`
}

/** A line of `conntrack --load-file` that ends exactly this flow. Pure. */
export const deletionOf = (flow: Flow): string => {
  const { protocol, original, icmp } = flow
  return [
    ...(original.source.includes(':') ? ['-f ipv6'] : []),
    `-D -p ${protocol} -s ${original.source} -d ${original.destination}`,
    ...(original.sourcePort === undefined ? [] : [`--sport ${original.sourcePort}`]),
    ...(original.destinationPort === undefined ? [] : [`--dport ${original.destinationPort}`]),
    ...(icmp === undefined ? [] : [icmpWords(flow)]),
  ].join(' ')
}

interface Group {
  readonly key: string
  /** The line that ends all of them. */
  readonly line: string
}

const isV6 = ({ original }: Flow): boolean => original.source.includes(':')

/** What a flow has in common with others that may go by one line, most of them first. */
const groupsOf = (flow: Flow): readonly Group[] => {
  const { protocol, original } = flow
  const start = `${isV6(flow) ? '-f ipv6 ' : ''}-D -p ${protocol}`
  const { source, destination, destinationPort } = original
  const port = destinationPort === undefined ? '' : ` --dport ${destinationPort}`
  return [`-d ${destination}${port}`, `-s ${source}`, `-s ${source} -d ${destination}`].map((what) => ({
    key: `${protocol} ${what}`,
    line: `${start} ${what}`,
  }))
}

const counted = (flows: readonly Flow[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { key } of flows.flatMap(groupsOf)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** Line that ends all connections to one port of one address. */
const serviceOf = (flow: Flow): string => groupsOf(flow)[0]?.line ?? deletionOf(flow)

/**
 * Few lines that end these flows and no other of all there are. Each line costs a walk through the kernel's table, so
 * that a line per flow would cost its square. Pure.
 */
export const deletionsOf = (flows: readonly Flow[], all: readonly Flow[]): readonly string[] => {
  const [ending, present] = [counted(flows), counted(all)]
  const ended = new Set(flows.map(deletionOf))
  const kept = Map.groupBy(
    all.filter((flow) => !ended.has(deletionOf(flow))),
    serviceOf,
  )
  const lines: string[] = []
  const isWhole = (key: string): boolean => (ending.get(key) ?? 0) >= (present.get(key) ?? 0)
  for (const [service, some] of Map.groupBy(flows, serviceOf)) {
    const plain = new Set(some.map((flow) => groupsOf(flow).find(({ key }) => isWhole(key))?.line ?? deletionOf(flow)))
    // A service that keeps some clients: the others go by their networks, where those are fewer.
    const stay = new Set(kept.get(service)?.map(({ original }) => original.source))
    const apart = some.map(({ original }) => original.source).filter((source) => !stay.has(source))
    const covering = [
      ...coverOf(apart, [...stay]).map((network) => `${service} -s ${network}`),
      ...some.filter(({ original }) => stay.has(original.source)).map(deletionOf),
    ]
    lines.push(...(plain.size <= covering.length ? plain : covering))
  }
  return [...new Set(lines)]
}

/** With fewer a look at the others does not pay. */
const MANY = 8

const linesFor = async (flows: readonly Flow[], effects: Effects): Promise<readonly string[]> => {
  if (flows.length < MANY) return flows.map(deletionOf)
  const families = [
    flows.some((flow) => !isV6(flow)) ? [[]] : [],
    flows.some(isV6) ? [['--family', 'ipv6']] : [],
  ].flat()
  const all = await Promise.all(families.map((words) => readFlows(effects, ...words)))
  return deletionsOf(
    flows,
    all.flat().filter(({ ended }) => !ended),
  )
}

/**
 * From now on a connection is one whose beginning was seen. By default the kernel takes any segment for one: the next
 * of the side that may send would begin anew what was ended, and the other side's would be its answers. Until the first
 * cut it may, so that a router that is started again takes up what went through it before.
 */
const endAdoption = ({ run }: Effects) => run(['sysctl', '-q', '-w', 'net.netfilter.nf_conntrack_tcp_loose=0'])

/** A process is given only so long; each line is a walk through the table. */
const LINES_AT_ONCE = 500

/**
 * Ends these connections, by few processes however many they are. One that is gone already is no error, and one that both
 * sides have ended is left to the kernel.
 */
export const endFlows = async (given: readonly Flow[], effects: Effects): Promise<void> => {
  const flows = given.filter(({ ended }) => !ended)
  if (flows.length === 0) return
  const lines = await linesFor(flows, effects)
  if (flows.some(({ protocol }) => protocol === 'tcp')) await endAdoption(effects)
  // conntrack opens /dev/stdin by name, which a socket, as Node gives its children, does not allow.
  const argv = ['sh', '-c', 'cat | conntrack --load-file -'] as const
  for (let first = 0; first < lines.length; first += LINES_AT_ONCE) {
    const input = lines
      .slice(first, first + LINES_AT_ONCE)
      .map((line) => `${line}\n`)
      .join('')
    try {
      await effects.run([...argv], { input })
    } catch (error) {
      if (!isSysvmError(error, 'SYSVM_COMMAND_FAILED') || !none(error)) throw error
    }
  }
}
