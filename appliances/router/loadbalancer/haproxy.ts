import type { Effects } from '@sysvm/agent/service'
import { isSysvmError, messageOf, SysvmError } from '@sysvm/errors'
import {
  openRuntime,
  type Runtime,
  type RuntimeCommand,
  type Server,
  type ServerStateLine,
  serverStateText,
  type Whole,
} from 'haproxy-config'
import { ADMIN_SOCKET, MASTER_SOCKET, STATE_FILE } from './names.ts'

/** A reload loads certificates and binds listeners: 1,000 of them within a second. */
const RELOAD_MS = 60_000

/** Commands that only tell, so that asking twice does no harm. */
const asksOnly = (text: string): boolean =>
  text.split(/[;\n]/).every((line) => /^\s*(show .*|prompt|quit)?$/.test(line))

/** A question may reach a process that is just being succeeded, and stay there: it is asked again. */
const ATTEMPTS = 3

const askRuntime = async ({ ask }: Effects, text: string): Promise<string> => {
  if (!asksOnly(text)) return ask.unix(ADMIN_SOCKET, text, { timeoutMs: 10_000 })
  for (let attempt = 1; ; attempt++)
    try {
      return await ask.unix(ADMIN_SOCKET, text, { timeoutMs: 4000 })
    } catch (error) {
      if (attempt === ATTEMPTS || !isSysvmError(error, 'SYSVM_TIMEOUT')) throw error
    }
}

export const runtimeOf = (effects: Effects): Runtime => openRuntime({ ask: (text) => askRuntime(effects, text) })

/** Bit of `srv_admin_state`: in maintenance by command or configuration. */
const MAINTENANCE = 1

const serversOf = ({ configuration }: Whole): ReadonlyMap<string, Server> =>
  new Map(
    (configuration.backends ?? []).flatMap(({ name, servers = [] }) =>
      servers.map((server) => [`${name}/${server.name}`, server] as const),
    ),
  )

const keyOf = ({ backend, server }: ServerStateLine): string => `${backend}/${server}`

/** What differs between the servers that run and those that should; one that goes may wait for its connections. Pure. */
export const serverDrift = (wanted: Whole, live: readonly ServerStateLine[]): readonly string[] => {
  const servers = serversOf(wanted)
  const known = new Map(live.map((line) => [keyOf(line), line]))
  return [
    ...[...servers].flatMap(([name, { address, weight = 1, disabled }]) => {
      const line = known.get(name)
      if (line === undefined) return [`haproxy lacks the server ${name}`]
      if (`${line.address}:${line.port}` !== address) return [`haproxy has ${name} at ${line.address}:${line.port}`]
      if (line.weight !== weight) return [`haproxy gives ${name} the weight ${line.weight}, not ${weight}`]
      const out = (line.administrative & MAINTENANCE) !== 0
      return out === (disabled === true) ? [] : [`haproxy has ${name} ${out ? 'in' : 'out of'} maintenance`]
    }),
    ...live
      .filter((line) => !servers.has(keyOf(line)) && (line.administrative & MAINTENANCE) === 0)
      .map((line) => `haproxy has the server ${keyOf(line)} too much`),
  ]
}

/** Servers that the next process may take over as the last one saw them: those nobody has touched. Pure. */
export const inherited = (wanted: Whole, live: readonly ServerStateLine[]): readonly ServerStateLine[] => {
  const servers = serversOf(wanted)
  return live.flatMap((line) => {
    const server = servers.get(keyOf(line))
    if (server === undefined || server.disabled === true || line.administrative !== 0) return []
    if (server.address !== `${line.address}:${line.port}`) return []
    return [{ ...line, weight: server.weight ?? 1 }]
  })
}

/** A new process takes over, listeners, tables and what is known of members included. */
export const reload = async (wanted: Whole, effects: Effects): Promise<void> => {
  // A process that does not answer has nothing to tell; its successor finds out by itself.
  const live = await runtimeOf(effects)
    .showServersState()
    .catch(() => [])
  await effects.run(['tee', STATE_FILE], { input: serverStateText(inherited(wanted, live)) })
  const answer = await effects.ask.unix(MASTER_SOCKET, 'reload\n', { timeoutMs: RELOAD_MS })
  if (answer.startsWith('Success=1')) return
  throw new SysvmError(
    'SYSVM_COMMAND_FAILED',
    `haproxy did not reload: ${answer
      .replace(/^Success=0\s*(--)?\s*/, '')
      .trim()
      .slice(-2000)}`,
  )
}

/** A server that was removed while connections lasted is there still: it comes back instead of being added. Pure. */
export const readopted = (
  commands: readonly RuntimeCommand[],
  live: readonly ServerStateLine[],
): readonly RuntimeCommand[] => {
  const lingering = new Set(live.map(keyOf))
  const isBack = (command: RuntimeCommand): boolean =>
    'backend' in command &&
    lingering.has(`${command.backend}/${typeof command.server === 'string' ? command.server : command.server.name}`)
  return commands.flatMap((command): readonly RuntimeCommand[] => {
    if (command.kind === 'enable-health' && isBack(command)) return []
    if (command.kind !== 'add-server' || !isBack(command)) return [command]
    const { backend, server } = command
    const { name, address, weight = 1, maxconn } = server
    return [
      { kind: 'set-address', backend, server: name, address },
      { kind: 'set-weight', backend, server: name, weight },
      ...(maxconn === undefined ? [] : [{ kind: 'set-server-maxconn', backend, server: name, maxconn } as const]),
    ]
  })
}

/** Forgets servers that were removed and have lost their last connection by now. */
export const forget = async (wanted: Whole, effects: Effects): Promise<void> => {
  const runtime = runtimeOf(effects)
  const servers = serversOf(wanted)
  const gone = (await runtime.showServersState()).filter((line) => !servers.has(keyOf(line)))
  // Those that are in use still are refused, and asked for again.
  await runtime.attempt(gone.map(({ backend, server }) => ({ kind: 'delete-server', backend, server })))
}

/** A server with connections stays in maintenance until they end. */
const mayWait = ({ kind }: RuntimeCommand): boolean => kind === 'wait-removable' || kind === 'delete-server'

/** Tells the running process; why it would not be enough, or undefined when it now is as wanted. */
export const tell = async (
  commands: readonly RuntimeCommand[],
  wanted: Whole,
  effects: Effects,
): Promise<string | undefined> => {
  const runtime = runtimeOf(effects)
  try {
    const all = readopted(commands, await runtime.showServersState())
    const answers = await runtime.attempt(all)
    const index = answers.findIndex((answer, at) => answer !== undefined && !mayWait(all[at] as RuntimeCommand))
    if (index !== -1) return `${all[index]?.kind}: ${answers[index]}`
    return serverDrift(wanted, await runtime.showServersState())[0]
  } catch (error) {
    return messageOf(error)
  }
}
