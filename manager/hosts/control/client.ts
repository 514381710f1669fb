import { type AgentEvent, CONTROL_PORT, CONTROL_USER, SOCKET } from '@sysvm/agent/api'
import type { HostDriver } from '../driver.ts'
import { openSession, openStream } from '../ssh/index.ts'
import { type EventsOptions, eventsOver } from './events.ts'
import { type ControlRequest, requestOver } from './http.ts'

export interface ControlOptions {
  /** Link-local control address of the machine. */
  readonly address: string
  /** The machine's public host key, `ssh-ed25519 …` or `SHA256:…`; any other is refused. */
  readonly hostKey: string
  /** The manager's private key, OpenSSH or PEM text. */
  readonly privateKey: string
  /** Until the machine's SSH server has let us in; default 10 s. */
  readonly timeoutMs?: number
}

/** The control API of one system VM over one SSH connection of its own. */
export interface ControlClient extends AsyncDisposable {
  /**
   * Resolves with the parsed answer (text when it is no JSON). Rejects with the agent's own code when it refused,
   * with SYSVM_TIMEOUT, SYSVM_HOST_CONNECT when the agent does not listen, SYSVM_HOST_UNREACHABLE when the machine
   * is gone, or SYSVM_CONTROL_ANSWER when the answer makes no sense.
   */
  request<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, options?: ControlRequest): Promise<T>
  /** Events as they come, until the signal; a channel of the same connection. Rejects when it is cut off. */
  events(options: EventsOptions): AsyncIterable<AgentEvent>
  close(): Promise<void>
}

/** Always a new connection: that is what a confirm must come over. */
export async function openControlClient(
  driver: Pick<HostDriver, 'openControl'>,
  options: ControlOptions,
): Promise<ControlClient> {
  const client = await openSession({
    user: CONTROL_USER,
    privateKey: options.privateKey,
    hostKey: options.hostKey,
    name: `The machine at ${options.address}:${CONTROL_PORT}`,
    dial: () => driver.openControl(options.address),
    timeoutMs: options.timeoutMs ?? 10_000,
  })
  const close = async () => void client.end()
  const open = () => openStream(client, { path: SOCKET })
  return {
    request: async (method, path, request) => requestOver(open, method, path, request),
    events: (options) => eventsOver(open, options),
    close,
    [Symbol.asyncDispose]: close,
  }
}
