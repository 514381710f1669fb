import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import type { Namespace } from '../namespace.ts'
import { patienceSeconds } from '../patience.ts'
import { program } from '../programs.ts'

/** What a DHCP client was given, by udhcpc's names: `ip`, `router`, `dns`, `hostname`, `lease`, `mtu`. */
export type Lease = Readonly<Record<string, string>>

const script = `#!/bin/sh
case "$1" in bound|renew) env > "$LEASE_FILE";; esac
`

/** Asks for an address as a guest does; undefined when nobody answers. */
export const askForLease = async (
  lab: Lab,
  guest: Namespace,
  tries = 4,
  more: readonly string[] = [],
  sent: readonly string[] = [],
): Promise<Lease | undefined> => {
  const program = join(lab.directory, 'udhcpc.sh')
  const file = join(lab.directory, `${guest.name}.lease`)
  await writeFile(program, script)
  await chmod(program, 0o755)
  await writeFile(file, '')
  const client = [
    'busybox',
    'udhcpc',
    '-i',
    'eth0',
    '-f',
    '-n',
    '-q',
    '-T',
    patienceSeconds(1),
    '-t',
    String(tries),
    '-s',
    program,
  ]
  const options = ['mtu', 'search', ...more]
    .flatMap((option) => ['-O', option])
    .concat(sent.flatMap((option) => ['-x', option]))
  try {
    await guest.exec(['env', `LEASE_FILE=${file}`, ...client, ...options])
  } catch {
    return undefined
  }
  return Object.fromEntries(
    (await readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

/** Gives the guest its lease's address and default route. */
export const useAddress = (guest: Namespace, cidr: string, gateway = '10.1.1.1'): Promise<void> =>
  guest.ip(
    ['address', 'flush', 'dev', 'eth0'],
    ['address', 'add', cidr, 'dev', 'eth0'],
    ['route', 'replace', 'default', 'via', gateway],
  )

const ask = async <T>(from: Namespace, ...words: readonly string[]): Promise<T | undefined> => {
  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning']
  const { stdout } = await from.exec([process.execPath, ...flags, program('client'), ...words])
  return (JSON.parse(stdout) as { readonly answer?: T }).answer
}

/** What a web server answers; undefined where nothing came. `headers` such as `X-Real-IP: 10.1.1.1`. */
export const fetchAnswer = (
  from: Namespace,
  url: string,
  ...headers: readonly string[]
): Promise<{ readonly status: number; readonly body: string } | undefined> => ask(from, 'http', url, '', ...headers)

/** Body of a page; undefined where there was no answer of status 200. */
export const fetchPage = async (
  from: Namespace,
  url: string,
  ...headers: readonly string[]
): Promise<string | undefined> => {
  const answer = await fetchAnswer(from, url, ...headers)
  return answer?.status === 200 ? answer.body : undefined
}

/** Whether a TCP connection comes to be. */
export const reaches = async (from: Namespace, address: string, port: number): Promise<boolean> =>
  (await ask<boolean>(from, 'tcp', address, String(port))) ?? false

/** Addresses of a name or names of an address; the resolver's error code where there are none. */
export const lookUp = (from: Namespace, name: string, server = '10.1.1.1'): Promise<unknown> =>
  ask(from, 'dns', server, name)

/** IPv6 addresses of a name, or names of an IPv6 address; the resolver's error code where there are none. */
export const lookUp6 = (from: Namespace, name: string, server = '10.1.1.1'): Promise<unknown> =>
  ask(from, 'dns6', server, name)

/** Whether an echo request is answered. */
export const pings = async (from: Namespace, address: string): Promise<boolean> =>
  from.exec(['busybox', 'ping', '-c', '1', '-W', patienceSeconds(1), address]).then(
    () => true,
    () => false,
  )
