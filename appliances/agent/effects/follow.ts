import { spawn } from 'node:child_process'

/** As much as is worth reading of a program that never ends by itself. */
const OUTPUT_LIMIT = 256 * 1024

/** Runs a program that goes on until it is stopped, and then hands over what it said. */
export const follow = ([program, ...args]: readonly [string, ...string[]]): {
  /** What it said so far. */
  output(): string
  stop(): Promise<string>
} => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    if (output.length < OUTPUT_LIMIT) output += text
  })
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve())
    child.on('error', () => resolve())
  })
  return {
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      return output
    },
  }
}
