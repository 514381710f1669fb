import { createHash } from 'node:crypto'
import type { Drift } from '@sysvm/agent/api'
import { differenceTo, type HeldSpec, type SpecDifference } from '@sysvm/agent/spec/difference'
import { expect } from 'vitest'
import type { TestMachine } from './machine.ts'

export interface Generated {
  readonly generation: number
  readonly address: string
  readonly answer: string
  readonly port: number
}

/** Two generations that differ in everything a machine has: addresses, a daemon's file, the ruleset. */
export const first: Generated = { generation: 1, address: '192.0.2.1/24', answer: '10.0.0.1', port: 1111 }
export const second: Generated = { generation: 2, address: '192.0.2.2/24', answer: '10.0.0.2', port: 2222 }

export const specOf = ({ generation, address, answer, port }: Generated, change: Record<string, unknown> = {}) => ({
  version: 1,
  generation,
  name: 'r-1-VM',
  role: 'router',
  services: {
    addresses: { device: 'eth0', addresses: ['192.0.2.53/24', address] },
    dns: {
      listen: '192.0.2.53',
      records: { 'who.test': answer },
      expect: 'who.test',
      secret: `secret of ${generation}`,
    },
    firewall: { drop: [port] },
    ...change,
  },
})

/** A spec as its manager remembers it when it was put. */
export const heldAs = (spec: { readonly generation: number }): HeldSpec => ({
  generation: spec.generation,
  digest: createHash('sha256').update(JSON.stringify(spec)).digest('hex'),
  document: spec,
})

/** How one generation is told to who holds another. */
export const differenceOf = (
  base: HeldSpec,
  wanted: Generated,
): { readonly difference: SpecDifference; readonly held: HeldSpec } => {
  const told = differenceTo(base, specOf(wanted))
  if (told === undefined) throw new Error('the edits do not lead there')
  return told
}

/** What a neighbour would see, read from the kernel and the daemon, never from the agent. */
const observe = async (machine: TestMachine) => {
  const addresses = await machine.exec(['ip', '-4', '-brief', 'address', 'show', 'dev', 'eth0'])
  const lookup = await machine.exec(['busybox', 'nslookup', '-type=a', 'who.test', '192.0.2.53'])
  const ruleset = await machine.exec(['nft', 'list', 'ruleset'])
  const secret = await machine.exec(['cat', '/run/sysvm/live/dns/secret'])
  return {
    addresses: addresses.match(/192\.0\.2\.\d+\/24/g)?.filter((address) => address !== '192.0.2.53/24'),
    answer: /Address: (10\.\d+\.\d+\.\d+)/.exec(lookup)?.[1],
    ports: ruleset.match(/dport (\d+)/g),
    secret,
  }
}

/** The machine serves this generation and nothing of another one, and says so itself. */
export const expectWholly = async (machine: TestMachine, wanted: Generated): Promise<void> => {
  // First: it waits for a recovery or rollback that still runs.
  const drift = await machine.call<Drift>('GET', '/v1/drift')
  expect(await observe(machine)).toEqual({
    addresses: [wanted.address],
    answer: wanted.answer,
    ports: [`dport ${wanted.port}`],
    secret: `secret of ${wanted.generation}`,
  })
  expect(drift.body).toEqual({ generation: wanted.generation, differences: [] })
}

/** Commits and confirms over a new connection, as the manager does. */
export const commitAndConfirm = async (machine: TestMachine, wanted: Generated): Promise<void> => {
  expect(await machine.put(specOf(wanted))).toMatchObject({ status: 200, body: { state: 'pending' } })
  const body = JSON.stringify({ generation: wanted.generation })
  expect(await machine.call('POST', '/v1/confirm', { body })).toMatchObject({
    status: 200,
    body: { confirmed: wanted.generation, pending: null },
  })
}
