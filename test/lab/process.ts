import { type ChildProcess, spawn } from 'node:child_process'

/** A program that a lab started; it ends with the lab at the latest. */
export interface LabProcess extends AsyncDisposable {
  readonly pid: number
  readonly child: ChildProcess
  /** Everything it printed so far, both outputs in order. */
  output(): string
  /** Exit code, or null after a signal. */
  readonly ended: Promise<number | null>
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
}

export async function startProcess(
  argv: readonly [string, ...string[]],
  options: SpawnOptions = {},
): Promise<LabProcess> {
  const child = spawn(argv[0], argv.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  child.stdin.on('error', () => {})
  if (options.input !== undefined) child.stdin.end(options.input)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal)
    // A program that ignores the polite signal must not hold the test, nor one it started that has its outputs still.
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      child.stdout.destroy()
      child.stderr.destroy()
    }, 3000)
    const code = await ended
    clearTimeout(timer)
    return code
  }
  const pid = child.pid as number
  return { pid, child, ended, stop, output: () => output, [Symbol.asyncDispose]: async () => void (await stop()) }
}
