import { SysvmError } from '@sysvm/errors'
import { merge, type Ruleset } from 'node-iptables'
import type { AnyService, Change, FileChange, Rendered } from '../service/index.ts'
import type { Told } from './document.ts'
import { inStep } from './steps.ts'

/** A spec and all that follows from it. */
export interface Generation extends Told {
  /** By service; absent where the service is off. */
  readonly rendered: Readonly<Record<string, Rendered>>
  /** Of all services. */
  readonly ruleset: Ruleset
}

const emptyRuleset: Ruleset = { tables: [] }

/** Segments of letters, digits, dots and hyphens below the service's own folder: nothing can climb out of it. */
const isOwnPath = (service: string, path: string): boolean =>
  path.startsWith(`${service}/`) &&
  path.split('/').every((segment) => /^[A-Za-z0-9_.-]+$/.test(segment) && segment !== '.' && segment !== '..')

const checkPaths = (service: string, { files }: Rendered): void => {
  const paths = files.map(({ path }) => path)
  const wrong = paths.filter((path, index) => !isOwnPath(service, path) || paths.indexOf(path) !== index)
  if (wrong.length === 0) return
  throw new SysvmError('SYSVM_RENDER_FAILED', `It renders files outside its folder or twice: ${wrong.join(', ')}.`)
}

/** The step `render`. Pure but for the services' own code; throws SYSVM_RENDER_FAILED with the service's name. */
export const renderGeneration = async (document: Told, services: readonly AnyService[]): Promise<Generation> => {
  const { generation, digest, json, spec } = document
  const rendered: Record<string, Rendered> = {}
  for (const service of services) {
    const own = spec.services[service.name]
    if (own === undefined) continue
    rendered[service.name] = await inStep('render', service.name, () => {
      const result = service.render(own, spec)
      checkPaths(service.name, result)
      return result
    })
  }
  const ruleset = await inStep('render', undefined, () => mergedRuleset(rendered))
  return { generation, digest, json, spec, rendered, ruleset }
}

export const mergedRuleset = (rendered: Generation['rendered']): Ruleset => {
  const rulesets = Object.values(rendered).flatMap(({ ruleset }) => (ruleset === undefined ? [] : [ruleset]))
  return rulesets.length === 0 ? emptyRuleset : merge(rulesets)
}

export const rulesetOf = (generation: Generation | null): Ruleset => generation?.ruleset ?? emptyRuleset

const textsOf = (generation: Generation | null, service: string): ReadonlyMap<string, string> =>
  new Map((generation?.rendered[service]?.files ?? []).map(({ path, text }) => [path, text]))

/** The files of a service that differ between two generations. */
export const fileChanges = (from: Generation | null, to: Generation | null, service: string): FileChange[] => {
  const before = textsOf(from, service)
  const after = textsOf(to, service)
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, before: before.get(path), after: after.get(path) }))
    .filter((change) => change.before !== change.after)
}

/** What differs for a service; without `from` nothing is known of the machine. */
export const changeOf = (from: Generation | null, to: Generation | null, service: string): Change<unknown> => ({
  before: from?.spec.services[service],
  after: to?.spec.services[service],
  files: fileChanges(from, to, service),
  ...(to === null ? {} : { whole: to.spec }),
})
