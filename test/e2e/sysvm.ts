import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'

const bin = resolve(import.meta.dirname, '../../manager/bin/sysvm')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when stderr has the text, or the program ended. */
  said(text: string): Promise<void>
}

/** A `sysvm` of its own: state, port and names that no other cloud on this machine uses. */
export const ownCloud = (name: string, port: number): Readonly<Record<string, string>> => ({
  SYSVM_STATE: `/var/tmp/${name}`,
  SYSVM_PREFIX: name,
  SYSVM_API_PORT: String(port),
})

export const startSysvm = (
  environment: Readonly<Record<string, string>>,
  words: readonly string[],
  wrap: readonly string[] = [],
): Running => {
  const [file = bin, ...rest] = [...wrap, bin, ...words]
  const child = spawn(file, rest, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { stdout: '', stderr: '' }
  const waiting: { text: string; resolve: () => void }[] = []
  const look = (): void => {
    for (const one of waiting) if (text.stderr.includes(one.text)) one.resolve()
  }
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk
    look()
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      for (const one of waiting) one.resolve()
      resolve({ code, ...text })
    })
  })
  return {
    child,
    ended,
    said: (wanted) =>
      new Promise((resolve) => {
        waiting.push({ text: wanted, resolve })
        look()
      }),
  }
}

/** Runs to its end; what it printed on stderr is in the error when it failed. */
export const sysvm = async (environment: Readonly<Record<string, string>>, ...words: string[]): Promise<Ended> => {
  const ended = await startSysvm(environment, words).ended
  if (ended.code !== 0) throw new Error(`sysvm ${words.join(' ')} ended with ${ended.code}:\n${ended.stderr}`)
  return ended
}
