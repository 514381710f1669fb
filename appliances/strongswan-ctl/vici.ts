import { type ConnectOptions, openConnection } from './client/connect.ts'
import type { Connection } from './client/connection.ts'
import { type ConfigurationCommands, configurationCommands } from './commands/configuration.ts'
import { type ControlCommands, controlCommands } from './commands/control.ts'
import { type CredentialCommands, credentialCommands } from './commands/credentials.ts'
import { type DaemonCommands, daemonCommands } from './commands/daemon.ts'
import { type EventCommands, eventCommands } from './commands/events.ts'
import { type ListCommands, listCommands } from './commands/lists.ts'

/** charon, by one connection. Names are those of its commands: `listSas` is `list-sas`. */
export interface Vici
  extends DaemonCommands,
    ControlCommands,
    ListCommands,
    ConfigurationCommands,
    CredentialCommands,
    EventCommands,
    AsyncDisposable {
  /** For commands and events that have no type here. */
  readonly connection: Connection
  /** As `connection.close` and `connection.closed`. */
  readonly close: Connection['close']
  readonly closed: Connection['closed']
}

/** Typed commands over a connection. */
export const createVici = (connection: Connection): Vici => ({
  ...daemonCommands(connection),
  ...controlCommands(connection),
  ...listCommands(connection),
  ...configurationCommands(connection),
  ...credentialCommands(connection),
  ...eventCommands(connection),
  connection,
  close: connection.close,
  closed: connection.closed,
  [Symbol.asyncDispose]: connection[Symbol.asyncDispose],
})

/** Connects to charon. There is no reconnecting: `closed` tells when it is over, and why. */
export const connect = async (options: ConnectOptions = {}): Promise<Vici> => createVici(await openConnection(options))
