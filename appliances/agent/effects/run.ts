import { spawn } from 'node:child_process'
import { SysvmError } from '@sysvm/errors'
import type { Effects, RunResult } from '../service/index.ts'

/** Programs of the image only; the agent's own environment (NOTIFY_SOCKET, credentials) is not handed on. */
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' }
const DEFAULT_TIMEOUT_MS = 30_000
/** A listing of 100,000 netfilter elements is about 30 MB. */
const OUTPUT_LIMIT = 64 * 1024 * 1024

/** What a program said, short enough for an error message: its last lines matter most. */
const words = (stdout: string, stderr: string): string => {
  const text = (stderr.trim() || stdout.trim()).slice(-2000)
  return text === '' ? 'it said nothing' : text
}

/** Runs a program without a shell. Rejects with SYSVM_COMMAND_FAILED when it exits other than 0 or takes too long. */
export const run: Effects['run'] = ([program, ...args], { input, timeoutMs = DEFAULT_TIMEOUT_MS } = {}) =>
  new Promise<RunResult>((resolve, reject) => {
    const child = spawn(program, args, { env: ENVIRONMENT, timeout: timeoutMs, killSignal: 'SIGKILL' })
    const out: Buffer[] = []
    const err: Buffer[] = []
    let size = 0
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length
      if (size > OUTPUT_LIMIT) child.kill('SIGKILL')
      else into.push(chunk)
    }
    child.stdout.on('data', collect(out))
    child.stderr.on('data', collect(err))
    // A program that exits before it has read its input closes the pipe: its exit status tells why.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', (cause) => {
      reject(new SysvmError('SYSVM_COMMAND_FAILED', `${program} could not be started: ${cause.message}`, { cause }))
    })
    child.on('close', (exitCode, signal) => {
      const stdout = Buffer.concat(out).toString()
      const stderr = Buffer.concat(err).toString()
      if (exitCode === 0) return resolve({ stdout, stderr })
      const how = signal === null ? `exited with ${exitCode}` : `was ended by ${signal} (limit ${timeoutMs} ms)`
      const details = { program, exitCode, signal, output: words(stdout, stderr) }
      reject(new SysvmError('SYSVM_COMMAND_FAILED', `${program} ${how}: ${words(stdout, stderr)}`, { details }))
    })
  })
