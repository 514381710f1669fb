import type { RouterServices } from '@sysvm/router/spec'
import type { Namespace } from './namespace.ts'
import type { RealRouter } from './real-router.ts'
import { until } from './until.ts'

/** A rule of two members at the guest's 10.1.1.10, who are told apart by what they say. */
export const stickyRule = {
  rules: [
    {
      id: 'sticky',
      device: 'eth1',
      address: '198.51.100.5',
      port: 8443,
      protocol: 'tcp',
      algorithm: 'roundrobin',
      members: [1, 2].map((number) => ({ id: `m${number}`, address: '10.1.1.10', port: 8000 + number })),
      stickiness: { method: 'SourceBased' },
    },
  ],
} as unknown as NonNullable<RouterServices['loadbalancer']>

const MEMBERS = `
for (const number of [1, 2])
  require('node:net').createServer((socket) => socket.on('error', () => {}).end('m' + number)).listen(8000 + number, () => console.log('ready'))`

export const startMembers = async (guest: Namespace): Promise<void> => {
  const members = await guest.spawn([process.execPath, '-e', MEMBERS])
  await until('the members listen', () => members.output().match(/ready/g)?.length === 2)
}

const CLIENTS = `
const [...sources] = process.argv.slice(1)
const ask = (localAddress) => new Promise((resolve, reject) => {
  let said = ''
  require('node:net').connect({ host: '198.51.100.5', port: 8443, localAddress, timeout: 5000 })
    .on('data', (data) => said += data).on('end', () => resolve(said)).on('error', reject).on('timeout', () => reject(new Error('silent')))
})
void (async () => {
  for (const source of sources) console.log(source, await ask(source))
})()`

/** Which member answers each of these clients, who ask one after the other. */
export const askMembers = async (
  outside: Namespace,
  sources: readonly string[],
): Promise<Readonly<Record<string, string>>> => {
  const { stdout } = await outside.exec([process.execPath, '-e', CLIENTS, ...sources])
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  )
}

const TABLE = `
root=/proc/$(ip netns pids "$1" | head -n 1)/root
echo 'show table to-sticky' | timeout 2 nc -U "$root/run/haproxy/admin.sock" || :`

/** How many clients a router's load balancer remembers. */
export const remembered = async ({ host, machine }: RealRouter): Promise<number> => {
  const { stdout } = await host.connection.run(['sh', '-c', TABLE, 'sh', `sv-${machine.name}`])
  return stdout.match(/: key=/g)?.length ?? 0
}
