import type { Effects } from '@sysvm/agent/service'
import { isSysvmError, messageOf } from '@sysvm/errors'

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
}

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

/** A line of `conntrack --load-file` that ends exactly this flow. Pure. */
export const deletionOf = ({ protocol, original, icmp }: Flow): string =>
  [
    ...(original.source.includes(':') ? ['-f ipv6'] : []),
    `-D -p ${protocol} -s ${original.source} -d ${original.destination}`,
    ...(original.sourcePort === undefined ? [] : [`--sport ${original.sourcePort}`]),
    ...(original.destinationPort === undefined ? [] : [`--dport ${original.destinationPort}`]),
    ...(icmp === undefined ? [] : [`--icmp-type ${icmp[0]} --icmp-code ${icmp[1]} --icmp-id ${icmp[2]}`]),
  ].join(' ')

/** Ends these connections, by one process however many they are; one that is gone already is no error. */
export const endFlows = async (flows: readonly Flow[], { run }: Effects): Promise<void> => {
  if (flows.length === 0) return
  // conntrack opens /dev/stdin by name, which a socket, as Node gives its children, does not allow.
  const argv = ['sh', '-c', 'cat | conntrack --load-file -'] as const
  try {
    await run([...argv], { input: flows.map((flow) => `${deletionOf(flow)}\n`).join('') })
  } catch (error) {
    if (!isSysvmError(error, 'SYSVM_COMMAND_FAILED') || !none(error)) throw error
  }
}
