import type { Backend, Server, ServerOptions } from '../model.ts'
import type { RuntimeCommand } from '../runtime/commands.ts'
import { serverWords } from '../sections/server.ts'
import type { Part } from './index.ts'

/** How long a removed server may take to lose its last connection before it stays behind in maintenance. */
const REMOVAL_MS = 1

/** Servers come and go at run time only where the algorithm does not number them. */
const isDynamic = ({ balance = 'roundrobin', hashType }: Backend): boolean => {
  if (typeof balance === 'string' && ['roundrobin', 'leastconn', 'first', 'random'].includes(balance)) return true
  return balance !== 'static-rr' && hashType === 'consistent'
}

/** A server that comes later does not know the section's defaults. */
const complete = (server: Server, defaults: ServerOptions | undefined): Server => ({ ...defaults, ...server })

/** What of a server no command changes. */
const fixedText = ({ weight: _w, disabled: _d, maxconn, address: _a, ...server }: Server): string =>
  serverWords({ ...server, address: '*:1', ...(maxconn === undefined ? {} : { maxconn: 1 }) }).join(' ')

const added = (backend: string, server: Server): readonly RuntimeCommand[] => [
  { kind: 'add-server', backend, server },
  ...(server.check === true ? ([{ kind: 'enable-health', backend, server: server.name }] as const) : []),
  ...(server.disabled === true ? [] : ([{ kind: 'enable-server', backend, server: server.name }] as const)),
]

const removed = (backend: string, { name: server }: Server): readonly RuntimeCommand[] => [
  { kind: 'set-state', backend, server, state: 'maint' },
  { kind: 'wait-removable', backend, server, milliseconds: REMOVAL_MS },
  { kind: 'delete-server', backend, server },
]

const changed = (backend: string, old: Server, { name: server, ...next }: Server): readonly RuntimeCommand[] => {
  const commands: RuntimeCommand[] = []
  if (old.address !== next.address) commands.push({ kind: 'set-address', backend, server, address: next.address })
  const weight = next.weight ?? 1
  if ((old.weight ?? 1) !== weight) commands.push({ kind: 'set-weight', backend, server, weight })
  if (next.maxconn !== undefined && old.maxconn !== next.maxconn)
    commands.push({ kind: 'set-server-maxconn', backend, server, maxconn: next.maxconn })
  if (old.disabled !== next.disabled)
    commands.push({ kind: 'set-state', backend, server, state: next.disabled === true ? 'maint' : 'ready' })
  return commands
}

/** From the servers that a backend has to those it shall have. */
export const serverChange = (before: Backend, after: Backend): Part => {
  const old = new Map((before.servers ?? []).map((server) => [server.name, complete(server, before.defaultServer)]))
  const next = new Map((after.servers ?? []).map((server) => [server.name, complete(server, after.defaultServer)]))
  const gone = [...old.values()].filter(({ name }) => !next.has(name))
  const come = [...next.values()].filter(({ name }) => !old.has(name))
  const kept = [...next.values()].flatMap((server) => {
    const known = old.get(server.name)
    return known === undefined ? [] : [{ known, server }]
  })
  const reasons = kept
    .filter(({ known, server }) => fixedText(known) !== fixedText(server))
    .map(({ server }) => `server ${after.name}/${server.name} has other options`)
  if (gone.length + come.length > 0 && !isDynamic(after)) reasons.push(`backend ${after.name} numbers its servers`)
  const commands = [
    // Those that come are there before those that go are gone.
    ...come.flatMap((server) => added(after.name, server)),
    ...kept.flatMap(({ known, server }) => changed(after.name, known, server)),
    ...gone.flatMap((server) => removed(after.name, server)),
  ]
  return { commands, reasons }
}
