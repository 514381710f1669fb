import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { usageError } from './usage.ts'

const NOBODY_SEES = new Writable({ write: (_chunk, _encoding, done) => done() })

/** The first line of what is piped in. */
const piped = async (): Promise<string> => {
  const lines = createInterface({ input: process.stdin })
  for await (const line of lines) return line
  return ''
}

const typed = async (prompt: string): Promise<string> => {
  process.stderr.write(`${prompt}: `)
  const terminal = createInterface({ input: process.stdin, output: NOBODY_SEES, terminal: true })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}

/** A secret that no command line, environment or screen shows: typed twice at a terminal, or piped in as a line. */
export const readSecret = async (prompt: string): Promise<string> => {
  if (!process.stdin.isTTY) return piped()
  const first = await typed(prompt)
  if (first !== (await typed(`${prompt} again`))) throw usageError('the two are not the same; nothing was changed')
  return first
}
