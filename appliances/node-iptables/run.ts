import { spawn } from 'node:child_process'
import { NetfilterError } from './errors.ts'

/** Runs a program without a shell; rejects when it does not exit with 0. */
export type Run = (
  argv: readonly [string, ...string[]],
  options?: { readonly input?: string },
) => Promise<{ readonly stdout: string; readonly stderr: string }>

export interface RunOptions {
  /** How nft is run; by default the `nft` of this machine, in this network namespace. */
  readonly run?: Run
}

/** The default `Run`. */
export const runProgram: Run = ([file, ...args], { input = '' } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (cause) => reject(new NetfilterError('NFT_REJECTED', `${file} could not be run`, { cause })))
    child.on('close', (code, signal) => {
      const words = Buffer.concat(stderr).toString()
      if (code === 0) resolve({ stdout: Buffer.concat(stdout).toString(), stderr: words })
      else reject(new NetfilterError('NFT_REJECTED', `${file} ended with ${code ?? signal}: ${words.trim()}`))
    })
    // nft stops reading at the first syntax error; what it says on stderr is the news, not the broken pipe.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
