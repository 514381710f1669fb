import type { Duplex, Readable, Writable } from 'node:stream'

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Given to the program as its standard input; never logged, never in an error. */
  readonly input?: string | Uint8Array
  /** Default 60 s. */
  readonly timeoutMs?: number
  /** Both outputs together; default 16 MiB. */
  readonly maxOutputBytes?: number
}

/** A program that runs on a host, its ends here. */
export interface OpenProgram {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Rejects as `run` does when it ends badly. */
  readonly ended: Promise<void>
  /** Ends it; no error when it ended. */
  stop(): void
}

export type StreamTarget = { readonly host: string; readonly port: number } | { readonly path: string }

/** How a host is reached: `ssh`, or `local` for this machine (optionally inside a network namespace). */
export interface HostConnection {
  /** `remote`: files must be uploaded; `local`: paths of this machine mean the same there. */
  readonly kind: 'local' | 'remote'
  /**
   * Runs a program, no shell; rejects with SYSVM_COMMAND_FAILED, SYSVM_TIMEOUT, SYSVM_OUTPUT_LIMIT
   * or SYSVM_HOST_UNREACHABLE.
   */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<CommandResult>
  /** The same with its input and output as streams, for more data than fits into memory. */
  open(argv: readonly [string, ...string[]], options: { readonly timeoutMs: number }): Promise<OpenProgram>
  /** A TCP or unix stream opened on the host; rejects with SYSVM_HOST_CONNECT. */
  connect(target: StreamTarget): Promise<Duplex>
  /** Written beside and renamed; folders are made. */
  writeFile(path: string, data: string | Uint8Array, mode?: number): Promise<void>
  /** Undefined when there is no such file. */
  readFile(path: string): Promise<Uint8Array | undefined>
  /** Copies a local file there, streaming, written beside and renamed. */
  upload(local: string, remote: string): Promise<void>
  close(): Promise<void>
}
