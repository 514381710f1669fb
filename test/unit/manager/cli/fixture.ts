import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '@sysvm/manager/cli/client'
import type { Context } from '@sysvm/manager/cli/command'
import { createProgress } from '@sysvm/manager/cli/progress'
import { commands, runCommand } from '@sysvm/manager/cli/run'
import { settingsFrom } from '@sysvm/manager/cli/settings'

export type Fields = Readonly<Record<string, string>>
/** The answer's inner object, or an error of the API. */
export type Answers = Readonly<Record<string, (parameters: Fields) => object>>

export class Refusal {
  readonly code: number
  readonly text: string
  constructor(code: number, text: string) {
    this.code = code
    this.text = text
  }
}

/** A small manager that speaks the wire format of the query API. */
export interface FakeManager extends AsyncDisposable {
  readonly url: string
  readonly calls: readonly Fields[]
}

const reply = (answers: Answers, parameters: Fields): { status: number; body: object } => {
  const command = parameters.command ?? ''
  const answer = answers[command]
  try {
    if (answer === undefined) throw new Refusal(432, `there is no command ${command}`)
    return { status: 200, body: { [`${command.toLowerCase()}response`]: answer(parameters) } }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const body = { uuidList: [], errorcode: error.code, cserrorcode: 4350, errortext: error.text }
    return { status: error.code, body: { [`${command.toLowerCase()}response`]: body } }
  }
}

export const startManager = async (answers: Answers): Promise<FakeManager> => {
  const calls: Fields[] = []
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const parameters = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
    calls.push(parameters)
    const { status, body } = reply(answers, parameters)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/client/api`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Runs one command line in this process against `url`; what it printed, joined. */
export const sysvm = async (
  url: string,
  words: readonly string[],
  secret = '',
): Promise<{ out: string; err: string; error?: unknown }> => {
  const out: string[] = []
  const err: string[] = []
  const context: Context = {
    settings: { ...settingsFrom({}), api: url },
    client: createClient(url, 10),
    progress: createProgress({ write: (text) => err.push(text) }, () => 0),
    commands,
    json: words.includes('--json'),
    width: 100,
    readSecret: async () => secret,
    print: (text) => out.push(`${text}\n`),
    warn: (text) => err.push(`${text}\n`),
  }
  try {
    await runCommand(words, context)
    return { out: out.join(''), err: err.join('') }
  } catch (error) {
    return { out: out.join(''), err: err.join(''), error }
  }
}
