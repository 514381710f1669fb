import type { Duplex } from 'node:stream'

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string | Uint8Array
  readonly timeoutMs?: number
}

/** How a host is reached: `ssh`, or `local` for this machine (optionally inside a network namespace). */
export interface HostConnection {
  /** Runs a program, no shell; rejects with SYSVM_COMMAND_FAILED or SYSVM_HOST_UNREACHABLE. */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<CommandResult>
  /** A TCP or unix stream opened on the host. */
  connect(target: { readonly host: string; readonly port: number } | { readonly path: string }): Promise<Duplex>
  /** Written beside and renamed; folders are made. */
  writeFile(path: string, data: string | Uint8Array, mode?: number): Promise<void>
  readFile(path: string): Promise<Uint8Array | undefined>
  /** Copies a local file there, streaming, written beside and renamed. */
  upload(local: string, remote: string): Promise<void>
  close(): Promise<void>
}
