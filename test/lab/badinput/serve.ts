import { type Caller, rootAdmin } from '@sysvm/manager/api/caller'
import type { Command, Context } from '@sysvm/manager/api/command'
import { commands } from '@sysvm/manager/api/commands'
import { type Answer, dispatch, indexCommands, renderError, rootOf } from '@sysvm/manager/api/dispatch'
import { parseRequest } from '@sysvm/manager/api/wire/request'
import type { Body, Call, Called } from '../../simulator/api.ts'

export type Pairs = readonly (readonly [string, string])[]

export interface Served {
  readonly call: Call
  /** The same for pairs that may name a parameter twice. */
  readonly send: (command: Command, pairs: Pairs) => Promise<Called>
  /** What was thrown and is no refusal. */
  readonly unexpected: unknown[]
}

const encode = (pairs: Pairs): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')

/** The query API without sockets: the same reading, checking, running and answering that a request goes through. */
export const serveInProcess = (
  parts: Pick<Context, 'db' | 'jobs' | 'dependencies'>,
  caller: Caller = rootAdmin,
): Served => {
  const index = indexCommands(commands)
  const visit = { method: 'POST', address: '127.0.0.1', headers: {}, cookies: new Map(), setCookie: () => {} }
  const context: Context = { ...parts, caller, visit, commands }
  const unexpected: unknown[] = []
  const answer = async (name: string, pairs: Pairs): Promise<Answer> => {
    try {
      const request = parseRequest([encode([['command', name], ['response', 'json'], ...pairs])])
      return await dispatch(index, context, request, (error) => unexpected.push(error))
    } catch (error) {
      return renderError('json', rootOf(name), error, (thrown) => unexpected.push(thrown))
    }
  }
  const called = async (name: string, pairs: Pairs): Promise<Called> => {
    const { status, body } = await answer(name, pairs)
    const [[root, said] = ['', {}]] = Object.entries(JSON.parse(body) as Record<string, Body>)
    return { status, root, body: said }
  }
  return {
    unexpected,
    send: (command, pairs) => called(command.name, pairs),
    call: (command, params = {}) => called(command, Object.entries(params)),
  }
}
