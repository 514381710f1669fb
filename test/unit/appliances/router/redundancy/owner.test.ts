import type { Effects } from '@sysvm/agent/service'
import type { InterfacesSpec } from '@sysvm/router/interfaces/spec'
import { endServing, servesAlone, startServing } from '@sysvm/router/redundancy/owner'
import { expect, test } from 'vitest'

const spec = {
  interfaces: [
    { device: 'eth0', role: 'control', mac: '02:00:00:00:00:01', addresses: ['169.254.0.5/16'] },
    { device: 'eth1', role: 'guest', mac: '02:00:00:00:00:02', addresses: ['10.1.1.1/24'], own: ['10.1.1.2/24'] },
    { device: 'eth2', role: 'public', mac: '02:00:00:00:00:03', addresses: ['198.51.100.5/24'], own: [] },
  ],
} as unknown as InterfacesSpec

/** A machine that has these addresses, and in which keepalived takes this role once it is started. */
const machine = (role: string, addresses: Readonly<Record<string, readonly string[]>> = {}, unit = 'inactive') => {
  const said: string[] = []
  const files = new Map<string, string>([['/run/sysvm-keepalived/role', role]])
  const links = Object.entries(addresses).map(([ifname, cidrs]) => ({
    ...{ ifname, mtu: 1500, flags: ['UP'] },
    addr_info: cidrs.map((cidr) => {
      const [local = '', prefixlen] = cidr.split('/')
      return { family: 'inet', local, prefixlen: Number(prefixlen) }
    }),
  }))
  const effects = {
    readFile: async (path: string) => files.get(path),
    run: async (argv: readonly string[], options?: { readonly input?: string }) => {
      if (argv[0] === 'tee') files.set(String(argv[1]), options?.input ?? '')
      if (argv[0] === 'touch') files.set(String(argv[1]), '')
      if (argv[0] === 'rm') files.delete(String(argv.at(-1)))
      if (argv[0] === 'systemctl') return { stdout: `${unit}\n`, stderr: '' }
      if (argv[0] !== 'ip') said.push(argv.join(' '))
      return { stdout: argv.includes('address') ? JSON.stringify(links) : '[]', stderr: '' }
    },
    unit: async (verb: string, name: string) =>
      void said.push(`${verb} ${name} ${files.get('/run/sysvm/owner.conf') ?? ''}`.trim()),
  } as unknown as Effects
  return { effects, said }
}

test('a router that has any of its shared addresses serves alone, unless its keepalived was killed just now', async () => {
  const some = { eth1: ['10.1.1.1/24'], eth2: [] }
  expect(await servesAlone(spec, machine('', some).effects)).toBe(true)
  expect(await servesAlone(spec, machine('', some, 'failed').effects)).toBe(true)
  expect(await servesAlone(spec, machine('', some, 'activating').effects)).toBe(false)
  expect(await servesAlone(spec, machine('', { eth1: ['10.1.1.2/24'] }).effects)).toBe(false)
  expect(await servesAlone(spec, machine('').effects)).toBe(false)
})

test('it goes on as the owner of its addresses, and has its own priority from then on', async () => {
  const { effects, said } = machine('MASTER')
  await startServing(effects)
  expect(said).toEqual([
    'tee /run/sysvm/owner.conf',
    'start sysvm-keepalived.service state MASTER\npriority 255',
    'rm -f /run/sysvm/owner.conf',
    'reload sysvm-keepalived.service',
  ])
})

test('the primary that is alone from now on keeps its addresses, the backup lets go', async () => {
  const [primary, backup] = [machine('MASTER'), machine('BACKUP')]
  await endServing(primary.effects)
  await endServing(backup.effects)
  expect(primary.said).toEqual(['touch /run/sysvm/alone', 'stop sysvm-keepalived.service', 'rm -f /run/sysvm/alone'])
  expect(backup.said).toEqual(['stop sysvm-keepalived.service'])
})
