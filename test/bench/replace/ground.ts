import type { Answer } from '@sysvm/manager/cli/client'
import { type Cloud, createCloud, idOf, plan } from '../../e2e/cloud/index.ts'
import { until } from '../../lab/index.ts'
import { startProcess } from '../../lab/process.ts'
import type { Spawner } from '../failover/measure.ts'

/** What the load balancer's download is served at, and what guests call outside. */
export const SITE = plan.site.address

/** Of one job, on a machine that does other work. */
const LONGEST_MS = 300_000

/** A cloud of two hosts with one network, and a guest behind whose nic programs of this machine run. */
export interface Ground extends AsyncDisposable {
  readonly cloud: Cloud
  readonly guest: Spawner
  /** Where the load balancer listens. */
  readonly balanced: string
  /** By their `id`s. */
  routers(): Promise<readonly Answer[]>
  /** Resolves when the network has so many routers, all well, and of two the backup has all that it takes. */
  whole(count: 1 | 2): Promise<void>
  call(command: string, params?: Readonly<Record<string, string | boolean>>): Promise<Answer>
}

/** Programs of this machine in the network of the guest, which the manager placed on one of the hosts. */
const inside = async (cloud: Cloud, id: string): Promise<Spawner> => {
  const { instancename, hostid } = await cloud.guest(id)
  const [row] = await cloud.list('listHosts', 'host', { id: String(hostid) })
  const host = cloud.hosts.find(({ address }) => address === row?.ipaddress)
  if (host === undefined) throw new Error(`no host has the guest ${id}`)
  const net = `${host.root}/run/netns/sv-${instancename}`
  return {
    spawn: async (argv) => {
      const started = await startProcess(['nsenter', `--net=${net}`, '--', ...argv])
      cloud.lab.defer(() => started.stop())
      return started
    },
  }
}

const balance = async (cloud: Cloud, networkid: string, guest: string): Promise<string> => {
  const ip = await cloud.run('associateIpAddress', { networkid })
  const rule = await cloud.run('createLoadBalancerRule', {
    ...{ name: 'files', publicipid: idOf(ip), publicport: 80, privateport: 8080, algorithm: 'roundrobin' },
  })
  await cloud.run('assignToLoadBalancerRule', { id: idOf(rule), virtualmachineids: guest })
  return String(ip.ipaddress)
}

export const makeGround = async (): Promise<Ground> => {
  const cloud = await createCloud('bench-replace', { driver: 'container', hosts: 2 })
  try {
    const networkid = idOf(await cloud.network('replaced'))
    const made = idOf(await cloud.deploy('user', networkid))
    const guest = await inside(cloud, made)
    const balanced = await balance(cloud, networkid, made)
    const routers = () => cloud.list('listRouters', 'router', { networkid })
    return {
      cloud,
      guest,
      balanced,
      routers,
      whole: async (count) => {
        await until(
          `${count} serve`,
          async () => {
            const now = await routers()
            const roles = now.map(({ redundantstate }) => redundantstate).toSorted()
            const well = now.length === count && now.every(({ state }) => state === 'Running')
            if (well && (count === 1 ? now[0]?.guestipaddress === '10.1.1.1' : roles.join() === 'BACKUP,PRIMARY'))
              return true
            throw new Error(JSON.stringify(now))
          },
          { timeoutMs: LONGEST_MS },
        )
      },
      call: (command, params = {}) =>
        cloud.client.run(command, { id: networkid, ...params }, { timeoutMs: LONGEST_MS }),
      [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
    }
  } catch (error) {
    await cloud[Symbol.asyncDispose]()
    throw error
  }
}
