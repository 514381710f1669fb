import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { program } from '../../lab/programs.ts'

export interface ManagerProcess {
  readonly pid: number
  /** Where its API answers; 0 when it was dead before it did. */
  readonly port: number
  /** Resolves with the signal that ended it, or null. */
  readonly ended: Promise<NodeJS.Signals | null>
  signal(signal: NodeJS.Signals): void
  stop(): Promise<void>
}

export interface RunOptions {
  readonly databaseUrl: string
  readonly folder: string
  readonly hosts: string
  /** Step at which it kills itself. */
  readonly fatal?: string
  /** Or pauses itself, when this is SIGSTOP. */
  readonly by?: NodeJS.Signals
}

/** Starts the manager; resolves when it answers, or when it is dead already. */
export const runManager = async (options: RunOptions): Promise<ManagerProcess> => {
  const words = [program('simulated-manager'), options.hosts, options.fatal ?? '', options.by ?? 'SIGKILL']
  const child: ChildProcess = spawn(process.execPath, words, {
    env: {
      ...process.env,
      NODE_OPTIONS: '--conditions=source --disable-warning=ExperimentalWarning',
      DATABASE_URL: options.databaseUrl,
      SYSVM_STATE: options.folder,
      SYSVM_IMAGES: `${options.folder}/none`,
      SYSVM_API_PORT: '0',
      SYSVM_SWEEP_SECONDS: '0.5',
      SYSVM_COMMIT_SECONDS: '0.1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null)
  const ready = (async () => {
    if (child.stdout)
      for await (const line of createInterface({ input: child.stdout }))
        if (line.startsWith('ready ')) return Number(line.slice('ready '.length))
    return 0
  })()
  const port = await Promise.race([ready, ended.then(() => 0)])
  return {
    pid: child.pid ?? 0,
    port,
    ended,
    signal: (signal) => void child.kill(signal),
    stop: async () => {
      // One that is paused hears nothing else.
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await ended
    },
  }
}
