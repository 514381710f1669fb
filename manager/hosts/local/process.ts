import { spawn } from 'node:child_process'
import { SysvmError } from '@sysvm/errors'
import type { CommandResult, OpenProgram, RunOptions } from '../connection.ts'
import { commandFailed, OUTPUT_LIMIT, outputTooLong, TIMEOUT_MS, timedOut } from '../outcome.ts'

/** Of what a streaming program complains about, the end is kept. */
const LONGEST_WORDS = 4096

/**
 * Runs a program of this machine without a shell and collects its output.
 * Rejects with SYSVM_COMMAND_FAILED, SYSVM_TIMEOUT or SYSVM_OUTPUT_LIMIT.
 */
export function runProcess(
  argv: readonly [string, ...string[]],
  options: RunOptions = {},
  shown: readonly string[] = argv,
): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>()
  // A process group of its own: a time-out must reach what the program started too.
  const child = spawn(argv[0], argv.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  let bytes = 0
  let failure: SysvmError | undefined

  const stop = (error: SysvmError) => {
    failure ??= error
    // Whatever still holds the pipes must not hold the caller.
    child.stdout.destroy()
    child.stderr.destroy()
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Gone already.
    }
  }
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const timer = setTimeout(() => stop(timedOut(shown, timeoutMs)), timeoutMs)
  const limit = options.maxOutputBytes ?? OUTPUT_LIMIT
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limit) stop(outputTooLong(shown, limit))
      else output[name].push(chunk)
    })
  }
  // A program may end without reading its input.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  child.on('error', (cause) => {
    clearTimeout(timer)
    reject(failure ?? startFailed(shown, cause))
  })
  child.on('close', (code, signal) => {
    clearTimeout(timer)
    const stdout = Buffer.concat(output.stdout).toString()
    const stderr = Buffer.concat(output.stderr).toString()
    if (failure !== undefined) reject(failure)
    else if (code === 0) resolve({ stdout, stderr })
    else reject(commandFailed(shown, { code, signal, stderr }))
  })
  return promise
}

/** Starts a program and gives its streams. */
export function openProcess(
  argv: readonly [string, ...string[]],
  timeoutMs: number,
  shown: readonly string[],
): OpenProgram {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  const child = spawn(argv[0], argv.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  let stderr = ''
  let failure: SysvmError | undefined
  const stop = () => {
    try {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Gone already.
    }
  }
  const timer = setTimeout(() => {
    failure = timedOut(shown, timeoutMs)
    stop()
  }, timeoutMs)
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk).slice(-LONGEST_WORDS)
  })
  child.on('error', (cause) => reject(startFailed(shown, cause)))
  child.on('close', (code, signal) => {
    clearTimeout(timer)
    if (failure !== undefined) reject(failure)
    else if (code === 0) resolve()
    else reject(commandFailed(shown, { code, signal, stderr }))
  })
  // Whoever asks is told; until then nobody is.
  ended.catch(() => {})
  return { stdin: child.stdin, stdout: child.stdout, ended, stop }
}

function startFailed(argv: readonly string[], cause: Error & { code?: string }): SysvmError {
  const why = cause.code === 'ENOENT' ? 'is not installed' : `could not be started: ${cause.message}`
  return new SysvmError('SYSVM_COMMAND_FAILED', `${argv[0]} ${why}.`, {
    details: { argv, exitCode: cause.code === 'ENOENT' ? 127 : 126 },
    cause,
  })
}
