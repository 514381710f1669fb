import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ask } from '@sysvm/agent/effects/ask'
import {
  type Action,
  type AnyService,
  type Change,
  type Effects,
  type FileChange,
  modeOf,
  type Rendered,
} from '@sysvm/agent/service'
import { SpecEnvelope } from '@sysvm/agent/spec'
import { type ErrorCode, messageOf, SysvmError } from '@sysvm/errors'
import { routerServices } from '@sysvm/router'
import type { RouterServices } from '@sysvm/router/spec'
import { apply, applyDiff, differences, list, merge } from 'node-iptables'
import type { Namespace } from '../namespace.ts'
import { program } from '../programs.ts'
import { until } from '../until.ts'
import { type Inside, openInside } from './inside.ts'
import { createUnits, type Units } from './units.ts'

/** A router in a namespace: the services on real daemons and a real kernel, without the agent around them. */
export interface Router {
  readonly netns: Namespace
  readonly inside: Inside
  readonly effects: Effects
  /** What a service has told whoever follows the machine's events. */
  told(service: string): readonly unknown[]
  readonly units: Units
  /** Validates, renders, checks, applies and probes; what was planned for each service. */
  commit(services: RouterServices): Promise<readonly Action[]>
  /** What differs between the last commit and the machine. */
  drift(): Promise<readonly string[]>
  state(service: string): Promise<unknown>
  /** What the agent does between commits. */
  tick(service: string): Promise<void>
  /** Uses the service as its users do; for services that need no wire. */
  exercise(service: string): Promise<void>
}

interface Generation {
  readonly services: Readonly<Record<string, unknown>>
  readonly rendered: ReadonlyMap<string, Rendered>
}

/** What ask.ts prints. */
interface Told<T> {
  readonly value?: T
  readonly error?: { readonly code: ErrorCode; readonly message: string }
}

const none: Generation = { services: {}, rendered: new Map() }

const effectsOf = (inside: Inside, units: Units): Effects => {
  const question = async <T>(...words: readonly string[]): Promise<T> => {
    const argv = [process.execPath, '--conditions=source', '--disable-warning=ExperimentalWarning', program('ask')]
    const { stdout } = await inside.run([...argv, ...words] as unknown as [string, ...string[]])
    const { value, error } = JSON.parse(stdout) as Told<T>
    if (error !== undefined) throw new SysvmError(error.code, error.message)
    return value as T
  }
  return {
    run: inside.run,
    unit: units.unit,
    unitActive: units.unitActive,
    // Through the router, because /proc/sys/net is that of who reads it.
    readFile: async (path) => {
      try {
        return (await inside.run(['cat', path])).stdout
      } catch (error) {
        if (messageOf(error).includes('No such file or directory')) return undefined
        throw error
      }
    },
    ask: {
      unix: (path, text, { timeoutMs } = {}) => {
        const limit = timeoutMs === undefined ? [] : [String(timeoutMs)]
        return question('unix', path, Buffer.from(text).toString('base64'), ...limit)
      },
      // Sockets are files: this process reaches them by the router's tree.
      open: (path) => ask.open(`${inside.root}${path}`),
      dns: (server, name) => question('dns', server, name),
      http: (url) => question('http', url),
      reach: (protocol, address, port) => question(protocol, address, String(port)),
    },
  }
}

const fileChanges = (before: Rendered | undefined, after: Rendered | undefined): readonly FileChange[] => {
  const old = new Map((before?.files ?? []).map((file) => [file.path, file.text]))
  const next = new Map((after?.files ?? []).map((file) => [file.path, file.text]))
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((path) => old.get(path) !== next.get(path))
    .map((path) => ({ path, before: old.get(path), after: next.get(path) }))
}

const wholeOf = (services: Readonly<Record<string, unknown>>): SpecEnvelope =>
  SpecEnvelope.parse({ version: 1, generation: 1, name: 'r-1-VM', role: 'router', services })

const renderAll = (services: RouterServices): Generation => {
  const parsed = Object.fromEntries(
    routerServices.flatMap(({ name, schema }) => {
      const spec = services[name as keyof RouterServices]
      return spec === undefined ? [] : [[name, schema.parse(spec)]]
    }),
  )
  const whole = wholeOf(parsed)
  const on = routerServices.filter(({ name }) => parsed[name] !== undefined)
  for (const { name, validate } of on) validate?.(parsed[name], whole)
  return { services: parsed, rendered: new Map(on.map(({ name, render }) => [name, render(parsed[name], whole)])) }
}

const rulesetOf = ({ rendered }: Generation) =>
  merge([...rendered.values()].flatMap(({ ruleset }) => (ruleset === undefined ? [] : [ruleset])))

const writeFiles = async (inside: Inside, staged: string, { rendered }: Generation): Promise<void> => {
  for (const file of [...rendered.values()].flatMap(({ files }) => files)) {
    const path = join(inside.root, staged, file.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, file.text)
    await chmod(path, modeOf(file))
    if (file.group !== undefined) await inside.run(['chgrp', file.group, join(staged, file.path)])
  }
}

export const openRouter = async (netns: Namespace): Promise<Router> => {
  const inside = await openInside(netns)
  const units = createUnits(inside)
  const told: { readonly type: string; readonly data: unknown }[] = []
  const effects: Effects = {
    ...effectsOf(inside, units),
    tell: (type, data) => void told.push({ type, data }),
  }
  const run = effects.run
  let inForce = none
  let number = 0

  const changeOf = (service: AnyService, next: Generation): Change<unknown> => ({
    before: inForce.services[service.name],
    after: next.services[service.name],
    files: fileChanges(inForce.rendered.get(service.name), next.rendered.get(service.name)),
    whole: wholeOf(next.services),
  })

  const commit = async (services: RouterServices): Promise<readonly Action[]> => {
    const next = renderAll(services)
    const staged = `/run/sysvm/generations/${++number}`
    await writeFiles(inside, staged, next)
    const on = routerServices.filter(({ name }) => next.services[name] !== undefined)
    await Promise.all(on.map((service) => service.check?.((path) => `${staged}/${path}`, effects)))
    await symlink(`generations/${number}`, `${inside.root}/run/sysvm/live.new`)
    await rename(`${inside.root}/run/sysvm/live.new`, `${inside.root}/run/sysvm/live`)
    if (inForce === none) await apply(rulesetOf(next), { run })
    else await applyDiff(rulesetOf(inForce), rulesetOf(next), { run })
    const changed = routerServices.filter(
      ({ name }) => next.services[name] !== undefined || inForce.services[name] !== undefined,
    )
    const actions = changed.flatMap((service) => service.plan(changeOf(service, next)))
    for (const service of changed) await service.apply(changeOf(service, next), effects)
    for (const service of on)
      await until(`${service.name} serves`, async () => {
        await service.health(next.services[service.name], effects)
        return true
      })
    inForce = next
    return actions
  }

  const drift = async (): Promise<readonly string[]> => {
    const kernel = differences(rulesetOf(inForce), await list({ run }))
    const on = routerServices.filter(({ name }) => inForce.services[name] !== undefined)
    const found = await Promise.all(on.map((service) => service.drift?.(inForce.services[service.name], effects) ?? []))
    return [...kernel, ...found.flat()]
  }

  const tick = async (name: string): Promise<void> =>
    routerServices
      .find((service) => service.name === name)
      ?.tick?.(inForce.services[name], effects, wholeOf(inForce.services))

  const wire = (): never => {
    throw new Error('there is no wire into this machine')
  }
  const exercise = async (name: string): Promise<void> =>
    routerServices
      .find((service) => service.name === name)
      ?.exercise?.(inForce.services[name], { packet: wire, dhcp: wire }, effects, wholeOf(inForce.services))

  const state = async (name: string): Promise<unknown> =>
    routerServices.find((service) => service.name === name)?.state?.(inForce.services[name], effects)

  const toldBy: Router['told'] = (service) => told.filter(({ type }) => type === service).map(({ data }) => data)
  return { netns, inside, effects, told: toldBy, units, commit, drift, state, tick, exercise }
}
