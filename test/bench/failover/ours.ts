import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadBalancerSpec } from '@sysvm/router/spec'
import { type Lab, until } from '../../lab/index.ts'
import { faultsOf, type PairFault } from '../../lab/pair-faults.ts'
import { openPair, rolesOf, type Side, stateOf } from '../../lab/redundant.ts'
import type { Fault, Ground } from './ground.ts'
import { BUSY, IDLE } from './measure.ts'

const OUTSIDE = '198.51.100.1'
const BALANCED = '198.51.100.5'
/** How long a frozen router sleeps, and two that are cut off from each other both serve. */
const ASLEEP_MS = 3000

const loadbalancer: LoadBalancerSpec = {
  rules: [
    {
      id: 'files',
      device: 'eth1',
      address: BALANCED,
      port: 80,
      protocol: 'tcp',
      algorithm: 'roundrobin',
      members: [{ id: 'm1', address: '10.1.1.10', port: 8080, weight: 100, state: 'ready' }],
      certificates: [],
      allow: [],
    },
  ],
  certificates: [],
  maxConnections: 8000,
}

/** The primary of the moment suffers it. `heldMs`: it is mended before the measurement ends. */
const onPrimary = (primary: () => Promise<Side>, { name, strike, mend }: PairFault, heldMs?: number): Fault => {
  let struck: Side | undefined
  const end = async (): Promise<void> => {
    if (struck !== undefined) await mend(struck)
    struck = undefined
  }
  return {
    name,
    survivable: true,
    strike: async () => {
      struck = await primary()
      await strike(struck)
      if (heldMs === undefined) return
      await sleep(heldMs)
      await end()
    },
    mend: end,
  }
}

/** Two routers of the image with the words of each other that their spec has unless told otherwise. */
export const oursOn = async (): Promise<Ground & { readonly lab: Lab }> => {
  const pair = await openPair('bench-failover', { advertMs: 100, services: { loadbalancer } })
  const faults = faultsOf(pair)
  const primary = async (): Promise<Side> => {
    const roles = await rolesOf(pair)
    return pair.sides[roles.indexOf('PRIMARY')] as Side
  }
  return {
    lab: pair.lab,
    guest: pair.guest,
    outside: pair.outside,
    address: OUTSIDE,
    balanced: BALANCED,
    faults: [
      ...[faults.publicLink, faults.hearingLink, faults.host, faults.keepalived, faults.conntrackd, faults.agent].map(
        (fault) => onPrimary(primary, fault),
      ),
      onPrimary(primary, faults.router),
      onPrimary(primary, faults.frozen, ASLEEP_MS),
      onPrimary(primary, faults.apart, ASLEEP_MS),
    ],
    settled: async () => {
      await until('one serves, the other waits', async () => {
        const roles = await rolesOf(pair)
        return roles.toSorted().join() === 'BACKUP,PRIMARY'
      })
      const backup = (await stateOf(pair.one)).state === 'BACKUP' ? pair.one : pair.two
      await until('it knows the connections', async () => {
        const { flows } = await stateOf(backup)
        return (flows?.peer ?? 0) >= IDLE + BUSY
      })
    },
  }
}
