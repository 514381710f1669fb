import {
  type AclFile,
  type Certificate,
  type ConfigFile,
  type CrtList,
  crtListLine,
  fileText,
  type MapFile,
} from '../files.ts'
import type { RuntimeCommand } from '../runtime/commands.ts'
import type { Part } from './index.ts'

const nothing: Part = { commands: [], reasons: [] }

const certificateAdded = ({ path, pem }: Certificate): readonly RuntimeCommand[] => [
  { kind: 'new-certificate', path },
  { kind: 'set-certificate', path, pem },
  { kind: 'commit-certificate', path },
]

const certificateChanged = ({ path, pem }: Certificate): readonly RuntimeCommand[] => [
  { kind: 'set-certificate', path, pem },
  { kind: 'commit-certificate', path },
]

/** The first entry is the default certificate, which no command replaces by another. */
const crtListChanged = (before: CrtList, after: CrtList): Part => {
  const [old, next] = [before.entries.map(crtListLine), after.entries.map(crtListLine)]
  const kept = old.filter((line) => next.includes(line))
  const sameOrder = kept.every((line, index) => next.filter((other) => kept.includes(other))[index] === line)
  const repeated = new Set(after.entries.map(({ certificate }) => certificate)).size !== after.entries.length
  if (old[0] !== next[0] || !sameOrder || repeated)
    return { commands: [], reasons: [`${after.path} has another first certificate or order`] }
  const { path } = after
  return {
    commands: [
      ...before.entries
        .filter((entry) => !next.includes(crtListLine(entry)))
        .map(({ certificate }) => ({ kind: 'delete-crt-list-entry', path, certificate }) as const),
      ...after.entries
        .filter((entry) => !old.includes(crtListLine(entry)))
        .map((entry) => ({ kind: 'add-crt-list-entry', path, entry }) as const),
    ],
    reasons: [],
  }
}

const mapChanged = (before: MapFile, after: MapFile): readonly RuntimeCommand[] => {
  const [old, next] = [new Map(before.entries), new Map(after.entries)]
  const { path } = after
  return [
    ...[...old.keys()].filter((key) => !next.has(key)).map((key) => ({ kind: 'delete-map-entry', path, key }) as const),
    ...[...next].flatMap(([key, value]): readonly RuntimeCommand[] => {
      if (!old.has(key)) return [{ kind: 'add-map-entry', path, key, value }]
      return old.get(key) === value ? [] : [{ kind: 'set-map-entry', path, key, value }]
    }),
  ]
}

const aclChanged = (before: AclFile, after: AclFile): readonly RuntimeCommand[] => {
  const [old, next] = [new Set(before.values), new Set(after.values)]
  const { path } = after
  return [
    ...[...old]
      .filter((value) => !next.has(value))
      .map((value) => ({ kind: 'delete-acl-entry', path, value }) as const),
    ...[...next].filter((value) => !old.has(value)).map((value) => ({ kind: 'add-acl-entry', path, value }) as const),
  ]
}

const changeOf = (before: ConfigFile | undefined, after: ConfigFile): Part => {
  if (before === undefined) {
    if (after.kind === 'certificate') return { commands: certificateAdded(after), reasons: [] }
    return { commands: [], reasons: [`the file ${after.path} is new`] }
  }
  if (fileText(before) === fileText(after) && before.kind === after.kind) return nothing
  if (before.kind === 'certificate' && after.kind === 'certificate')
    return { commands: certificateChanged(after), reasons: [] }
  if (before.kind === 'crt-list' && after.kind === 'crt-list') return crtListChanged(before, after)
  if (before.kind === 'map' && after.kind === 'map') return { commands: mapChanged(before, after), reasons: [] }
  if (before.kind === 'acl' && after.kind === 'acl') return { commands: aclChanged(before, after), reasons: [] }
  return { commands: [], reasons: [`the file ${after.path} is of another kind`] }
}

/** Certificates that come are loaded before lists name them, those that go leave after. */
const loads: readonly RuntimeCommand['kind'][] = ['new-certificate', 'set-certificate', 'commit-certificate']

export const fileChange = (before: readonly ConfigFile[], after: readonly ConfigFile[]): Part => {
  const old = new Map(before.map((file) => [file.path, file]))
  const next = new Set(after.map(({ path }) => path))
  const parts = after.map((file) => changeOf(old.get(file.path), file))
  const commands = parts.flatMap((part) => part.commands)
  const gone = before.filter(({ path }) => !next.has(path))
  return {
    commands: [
      ...commands.filter(({ kind }) => loads.includes(kind)),
      ...commands.filter(({ kind }) => !loads.includes(kind)),
      ...gone
        .filter(({ kind }) => kind === 'certificate')
        .map(({ path }) => ({ kind: 'delete-certificate', path }) as const),
    ],
    // Other files that nobody names any more are no longer read.
    reasons: parts.flatMap(({ reasons }) => reasons),
  }
}
