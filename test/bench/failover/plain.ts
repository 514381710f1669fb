import { realpathSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLab, type Lab, type LabProcess, type Namespace, until } from '../../lab/index.ts'
import type { Fault, Ground } from './ground.ts'

const OUTSIDE = '198.51.100.1'
const SHARED = { guest: '10.1.1.1/24', public: '198.51.100.5/24' } as const
const ASLEEP_MS = 6000

/** keepalived.conf(5) as its own example has it: multicast, adverts each second, two instances in one group. */
const configOf = (number: number): string => {
  const instance = (name: string, device: string, id: number, address: string): string => `
vrrp_instance ${name} {
  state BACKUP
  nopreempt
  interface ${device}
  virtual_router_id ${id}
  priority ${100 + number}
  advert_int 1
  virtual_ipaddress { ${address} }
}
`
  return `vrrp_sync_group router { group { inside
  outside } }
${instance('inside', 'eth1', 1, SHARED.guest)}${instance('outside', 'eth2', 2, SHARED.public)}`
}

interface Router {
  readonly at: Namespace
  readonly bridgeEnds: readonly string[]
  start(): Promise<void>
  kill(signal: NodeJS.Signals): Promise<void>
}

const openRouter = async (lab: Lab, wire: Namespace, number: number): Promise<Router> => {
  const at = await lab.namespace(`plain${number}`)
  const ends = [`g${number}`, `p${number}`] as const
  await lab.link(
    { at, device: 'eth1', address: `10.1.1.${1 + number}/24` },
    { at: wire, device: ends[0], bridge: 'br-guest' },
  )
  await lab.link(
    { at, device: 'eth2', address: `198.51.100.${10 + number}/24` },
    { at: wire, device: ends[1], bridge: 'br-public' },
  )
  await at.sysctl('net.ipv4.ip_forward', 1)
  await at.nft(
    'table ip nat { chain post { type nat hook postrouting priority 100; oifname eth2 snat to 198.51.100.5; }; }',
  )
  const rootfs = realpathSync(join(import.meta.dirname, '../../../images/out/system/rootfs'))
  const folder = join(lab.directory, at.name)
  await mkdir(folder)
  await writeFile(join(folder, 'keepalived.conf'), configOf(number))
  const script = `mount -t tmpfs tmpfs ${rootfs}/tmp && mount -t tmpfs tmpfs ${rootfs}/run && mkdir ${rootfs}/tmp/x && mount --bind ${folder} ${rootfs}/tmp/x && exec chroot ${rootfs} keepalived --dont-fork --vrrp --log-console --use-file=/tmp/x/keepalived.conf --pid=/tmp/x/pid --vrrp_pid=/tmp/x/vrrp.pid`
  let running: LabProcess | undefined
  return {
    at,
    bridgeEnds: ends,
    start: async () => {
      running = await at.spawn(['unshare', '--mount', 'sh', '-c', script])
    },
    kill: async (signal) => {
      const { stdout } = await at.exec(['ip', 'netns', 'pids', at.netns])
      for (const pid of stdout.trim().split('\n').map(Number))
        try {
          process.kill(pid, signal)
        } catch {
          // It was who listed them, or went with its parent.
        }
      if (signal === 'SIGKILL') await running?.ended
    },
  }
}

const has = async ({ at }: Router, cidr: string): Promise<boolean> =>
  (await at.exec(['ip', '-4', '-o', 'address', 'show'])).stdout.includes(`inet ${cidr} `)

const faultsOf = (wire: Namespace, primary: () => Promise<Router>): readonly Fault[] => {
  let struck: Router | undefined
  const fault = (
    name: string,
    strike: (router: Router) => Promise<unknown>,
    mend: (router: Router) => Promise<unknown> = async () => undefined,
  ): Fault => ({
    name,
    survivable: true,
    strike: async () => {
      struck = await primary()
      await strike(struck)
    },
    mend: async () => {
      if (struck !== undefined) await mend(struck)
    },
  })
  const cut = async ({ bridgeEnds }: Router, ...words: readonly (readonly string[])[]): Promise<void> =>
    wire.ip(...bridgeEnds.map((end, index) => ['link', 'set', end, ...(words[index] ?? [])]))
  const apart = (router: Router): Promise<void> => cut(router, ['nomaster'], ['nomaster'])
  const together = (router: Router): Promise<void> => cut(router, ['master', 'br-guest'], ['master', 'br-public'])
  return [
    fault(
      'public link cut',
      (router) => cut(router, ['up'], ['down']),
      (router) => cut(router, ['up'], ['up']),
    ),
    fault(
      'guest link cut',
      (router) => cut(router, ['down'], ['up']),
      (router) => cut(router, ['up'], ['up']),
    ),
    fault('host cut', apart, together),
    fault(
      'router killed',
      async (router) => {
        await apart(router)
        await router.kill('SIGKILL')
        await router.at.ip(
          ...Object.values(SHARED).map((cidr, index) => ['address', 'del', cidr, 'dev', `eth${index + 1}`]),
        )
      },
      async (router) => {
        await together(router)
        await router.start()
      },
    ),
    fault('router frozen and woken', async (router) => {
      await router.kill('SIGSTOP')
      await sleep(ASLEEP_MS)
      await router.kill('SIGCONT')
    }),
  ]
}

/** Two namespaces that route, and keepalived as it is without us. */
export const plainOn = async (): Promise<Ground & { readonly lab: Lab }> => {
  const lab = await createLab('bench-plain')
  const [wire, guest, outside] = await Promise.all([
    lab.namespace('wire'),
    lab.namespace('guest'),
    lab.namespace('outside'),
  ])
  for (const bridge of ['br-guest', 'br-public']) await wire.bridge(bridge)
  await lab.link(
    { at: guest, device: 'eth0', address: '10.1.1.10/24' },
    { at: wire, device: 'to-guest', bridge: 'br-guest' },
  )
  await lab.link(
    { at: outside, device: 'eth0', address: `${OUTSIDE}/24` },
    { at: wire, device: 'to-outside', bridge: 'br-public' },
  )
  await guest.route('default', '10.1.1.1')
  const routers = [await openRouter(lab, wire, 1), await openRouter(lab, wire, 2)]
  for (const router of routers) await router.start()
  const served = async (): Promise<readonly Router[]> => {
    const serving = await Promise.all(routers.map((router) => has(router, SHARED.public)))
    return routers.filter((_, index) => serving[index])
  }
  return {
    lab,
    guest,
    outside,
    address: OUTSIDE,
    faults: faultsOf(wire, async () => {
      const [router] = await served()
      if (router === undefined) throw new Error('nobody serves')
      return router
    }),
    settled: async () => {
      await until('one serves', async () => (await served()).length === 1)
      // Who was told of the other one last is not always who serves: faults are to strike who is used.
      for (const at of [guest, outside]) await at.ip(['neighbour', 'flush', 'dev', 'eth0'])
    },
  }
}
