import type { ConfigFile } from '../files.ts'
import type { Backend, Configuration, Frontend } from '../model.ts'
import { render, sectionText } from '../render.ts'
import type { RuntimeCommand } from '../runtime/commands.ts'
import { type Section, sectionKinds, sectionsOf } from '../sections/index.ts'
import { fileChange } from './files.ts'
import { serverChange } from './servers.ts'

/** A configuration and the files it names. */
export interface Whole {
  readonly configuration: Configuration
  readonly files?: readonly ConfigFile[]
}

export type Difference =
  | { readonly kind: 'none' }
  /** In this order, and nothing is interrupted. */
  | { readonly kind: 'runtime'; readonly commands: readonly RuntimeCommand[] }
  /** What the running process cannot be told; a new one must take over. */
  | { readonly kind: 'reload'; readonly reasons: readonly string[] }

/** Commands, or why commands are not enough. */
export interface Part {
  readonly commands: readonly RuntimeCommand[]
  readonly reasons: readonly string[]
}

/** The section without what the runtime socket can change. */
const fixed = (keyword: string, section: Section): Section => {
  if (keyword === 'backend') {
    const { servers: _, ...rest } = section as unknown as Backend
    return rest as unknown as Section
  }
  if (keyword === 'frontend') {
    const { maxconn, ...rest } = section as unknown as Frontend
    return { ...rest, ...(maxconn === undefined ? {} : { maxconn: 1 }) } as unknown as Section
  }
  return section
}

const sectionReasons = (before: Configuration, after: Configuration): readonly string[] =>
  sectionKinds.flatMap((kind) => {
    const texts = (configuration: Configuration): ReadonlyMap<string, string> =>
      new Map(
        sectionsOf(configuration, kind).map((section) => [
          section.name ?? '',
          sectionText(kind, fixed(kind.keyword, section)),
        ]),
      )
    const [old, next] = [texts(before), texts(after)]
    return [...new Set([...old.keys(), ...next.keys()])].flatMap((name) => {
      const title = `${kind.keyword} ${name}`.trim()
      if (!old.has(name)) return [`${title} is new`]
      if (!next.has(name)) return [`${title} goes`]
      return old.get(name) === next.get(name) ? [] : [`${title} differs`]
    })
  })

const frontendCommands = (before: Configuration, after: Configuration): readonly RuntimeCommand[] => {
  const old = new Map((before.frontends ?? []).map((frontend) => [frontend.name, frontend]))
  return (after.frontends ?? []).flatMap(({ name, maxconn }): readonly RuntimeCommand[] =>
    maxconn === undefined || maxconn === old.get(name)?.maxconn
      ? []
      : [{ kind: 'set-frontend-maxconn', frontend: name, maxconn }],
  )
}

const backendChange = (before: Configuration, after: Configuration): Part => {
  const old = new Map((before.backends ?? []).map((backend) => [backend.name, backend]))
  const parts = (after.backends ?? []).flatMap((backend) => {
    const known = old.get(backend.name)
    return known === undefined ? [] : [serverChange(known, backend)]
  })
  return { commands: parts.flatMap(({ commands }) => commands), reasons: parts.flatMap(({ reasons }) => reasons) }
}

/**
 * The least that leads a running haproxy from one configuration to another: nothing, commands of the runtime socket, or
 * a reload. Pure; throws as `render` does when one of them is none.
 */
export const diff = (before: Whole, after: Whole): Difference => {
  const files = fileChange(before.files ?? [], after.files ?? [])
  const sameText = render(before.configuration) === render(after.configuration)
  if (sameText && files.commands.length === 0 && files.reasons.length === 0) return { kind: 'none' }
  const backends = backendChange(before.configuration, after.configuration)
  const reasons = [...sectionReasons(before.configuration, after.configuration), ...backends.reasons, ...files.reasons]
  if (reasons.length > 0) return { kind: 'reload', reasons }
  const frontends = frontendCommands(before.configuration, after.configuration)
  const commands = [...files.commands, ...backends.commands, ...frontends]
  // Spelled in another order, and read the same.
  return commands.length === 0 ? { kind: 'none' } : { kind: 'runtime', commands }
}
