import { setTimeout as sleep } from 'node:timers/promises'
import type { Effects } from '@sysvm/agent/service'
import { messageOf } from '@sysvm/errors'
import type { Member } from '../spec.ts'
import type { UdpDocument, UdpRule } from './document.ts'
import { cut } from './flows.ts'
import { after, type Health, type Thresholds, unknown } from './health.ts'
import { probe } from './probe.ts'
import { LISTENING, type Listener, listenersOf, TABLE, tableText } from './table.ts'

/** Probes at once: a ping is a process. */
const PROBES = 8
const once: Thresholds = { healthyThreshold: 1, unhealthyThreshold: 1 }

export interface UdpBalancer {
  /**
   * Takes a new document: the table follows at once, probes go on with what is known. With `ask first` every member is
   * asked before: where nothing is known, a single bad answer takes one out. So does the first answer where an agent
   * that has just begun finds a table.
   */
  update(document: UdpDocument, unknown?: 'ask first'): Promise<void>
  /** Whether the member of this rule takes new flows. */
  serves(rule: UdpRule, member: Member): boolean
  /** What differs between the kernel's table and the one that was loaded last. */
  drift(): Promise<readonly string[]>
}

const keyOf = (rule: Pick<UdpRule, 'id'>, { id, address, port }: Member): string =>
  `${rule.id} ${id} ${address} ${port}`

/** `nft list table`; undefined: there is none. */
const listed = ({ run }: Effects): Promise<string | undefined> =>
  run(['nft', 'list', 'table', ...TABLE.split(' ')]).then(
    ({ stdout }) => stdout,
    () => undefined,
  )

/** Listeners of the table that another agent left in the kernel. */
const inherited = ({ run }: Effects): Promise<readonly Listener[]> =>
  run(['nft', '-j', 'list', 'set', ...TABLE.split(' '), LISTENING]).then(
    ({ stdout }) => listenersOf(stdout),
    () => [],
  )

const openBalancer = (effects: Effects): UdpBalancer => {
  const health = new Map<string, Health>()
  let document: UdpDocument = { rules: [], networks: [] }
  let loaded: string | undefined
  /** One transaction after another, whoever wants them. */
  let loading: Promise<unknown> = Promise.resolve()
  let round: AbortController | undefined
  let begun = false

  const stateOf = (rule: UdpRule, member: Member): Health => health.get(keyOf(rule, member)) ?? unknown
  const serves = (rule: UdpRule, member: Member): boolean => member.state === 'ready' && stateOf(rule, member).up
  const serving = (rule: UdpRule): readonly Member[] => rule.members.filter((member) => serves(rule, member))
  /** Those whose flows go on: a drained member keeps what it has. */
  const keeping = (rule: UdpRule): readonly Member[] =>
    rule.members.filter((member) => member.state !== 'maint' && stateOf(rule, member).up)

  const load = (listeners: readonly Listener[]): Promise<void> => {
    const work = async (): Promise<void> => {
      await effects.run(['nft', '-f', '-'], { input: tableText(document, serving) })
      loaded = await listed(effects)
      await cut(effects, listeners, document.rules, keeping)
    }
    const next = loading.then(work, work)
    loading = next.catch(() => undefined)
    return next
  }

  /** Asks every member of the rule; whether any changed its mind. */
  const askAll = async (rule: UdpRule, thresholds: Thresholds): Promise<boolean> => {
    let changed = false
    const queue = [...rule.members]
    const worker = async (): Promise<void> => {
      for (let member = queue.shift(); member !== undefined; member = queue.shift()) {
        const before = stateOf(rule, member)
        const now = after(before, await probe(rule, member, effects), thresholds)
        health.set(keyOf(rule, member), now)
        if (before.up !== now.up) changed = true
      }
    }
    await Promise.all(Array.from({ length: PROBES }, worker))
    return changed
  }

  /** The table follows what changed. */
  const ask = async (rule: UdpRule, thresholds: Thresholds): Promise<void> => {
    if ((await askAll(rule, thresholds)) && document.rules.includes(rule)) await load([rule])
  }

  const watch = async (rule: UdpRule, signal: AbortSignal, first: Thresholds): Promise<void> => {
    for (let thresholds = first; !signal.aborted; thresholds = rule.check) {
      await ask(rule, thresholds).catch((error: unknown) =>
        process.stderr.write(`<4>load balancer: the table of UDP rules was not changed: ${messageOf(error)}\n`),
      )
      await sleep(rule.check.intervalSeconds * 1000, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  return {
    serves,
    update: async (next, first) => {
      round?.abort()
      round = new AbortController()
      const { signal } = round
      const left = begun ? [] : await inherited(effects)
      begun = true
      const before = [...document.rules, ...left]
      document = next
      const known = new Set(next.rules.flatMap((rule) => rule.members.map((member) => keyOf(rule, member))))
      for (const key of health.keys()) if (!known.has(key)) health.delete(key)
      if (first !== undefined) for (const rule of next.rules) await askAll(rule, once)
      await load([...before, ...next.rules])
      for (const rule of next.rules)
        if (rule.check.kind !== 'none')
          void watch(rule, signal, left.length > 0 && first === undefined ? once : rule.check)
    },
    drift: async () => {
      await loading
      return (await listed(effects)) === loaded ? [] : [`the table ${TABLE} is not what was loaded last`]
    },
  }
}

/** The balancer of each machine; a process has one. */
const balancers = new WeakMap<Effects, UdpBalancer>()

/** The machine's balancer of datagrams; undefined before its first document. */
export const balancerOf = (effects: Effects): UdpBalancer | undefined => balancers.get(effects)

/** The same, opened where there is none. */
export const ensureBalancer = (effects: Effects): UdpBalancer => {
  const known = balancers.get(effects)
  if (known !== undefined) return known
  const balancer = openBalancer(effects)
  balancers.set(effects, balancer)
  return balancer
}
