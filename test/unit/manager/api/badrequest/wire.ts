import { type ApiOptions, createApi } from '@sysvm/manager/api'
import type { Command } from '@sysvm/manager/api/command'
import { goodCall, type Topology } from '../../../../lab/badinput/good.ts'
import type { Pairs } from '../../../../lab/badinput/serve.ts'
import { problemOfXml, textOf } from './well-formed.ts'

const METHODS = ['GET', 'POST'] as const
const FORMATS = ['json', 'xml'] as const

/** What is wrong with a whole request, whatever its values are. */
export interface Wrong {
  readonly kind: string
  readonly pairs: Pairs
  /** What the refusal must say. */
  readonly says: RegExp
}

const MARKUP = '<a>&"\']]>é😀'

const SOMETHING = '11111111-2222-4333-8444-555555555555'
/** Nothing is looked up before a request is right by itself, so any id will do. */
const at = new Proxy({}, { get: () => SOMETHING }) as Topology

/** A request of the command with each thing wrong that is wrong by itself. */
export const wrongRequests = (command: Command): readonly Wrong[] => {
  const good = Object.entries(goodCall(command, at))
  const needed = Object.entries(command.params).filter(([, { required }]) => required)
  const [first] = good
  const [map] = Object.entries(command.params).find(([, { type }]) => type === 'map') ?? []
  return [
    { kind: 'markup', pairs: [...good, [MARKUP, MARKUP]], says: /is unknown to/ },
    { kind: 'long name', pairs: [...good, ['n'.repeat(5000), 'x']], says: /is unknown to/ },
    { kind: 'control', pairs: [...good, ['nosuchparameter', 'a\u0000b']], says: /control character/ },
    ...needed.map(([name]) => ({
      kind: `without ${name}`,
      pairs: good.filter(([one]) => one.split('[')[0] !== name),
      says: new RegExp(`Parameter ${name} is required by`),
    })),
    ...(first === undefined
      ? []
      : [{ kind: 'repeated', pairs: [...good, [first[0].toUpperCase(), 'other'] as const], says: /given twice/ }]),
    ...(map === undefined
      ? []
      : [
          {
            kind: 'value and map',
            pairs: [...good.filter(([one]) => !one.startsWith(map)), [map, 'x'], [`${map}[0].a`, 'b']] as const,
            says: /both as a value and as a map/,
          },
        ]),
  ]
}

interface Refused {
  readonly status: number
  readonly errorcode: number
  readonly errortext: string
}

/** A trace names a file and a line; a refusal names neither. */
const TRACE = /\bat \S+ \(|\.ts:\d+|node:internal|\/work\/|postgres/i

const read = (format: (typeof FORMATS)[number], status: number, type: string, body: string): Refused => {
  if (TRACE.test(body)) throw new Error(`has a trace: ${body.slice(0, 300)}`)
  if (format === 'json') {
    if (type !== 'application/json; charset=UTF-8') throw new Error(`is ${type}`)
    const [root] = Object.values(JSON.parse(body) as Record<string, { errorcode: number; errortext: string }>)
    return { status, errorcode: root?.errorcode ?? 0, errortext: root?.errortext ?? '' }
  }
  if (type !== 'text/xml; charset=UTF-8') throw new Error(`is ${type}`)
  const problem = problemOfXml(body)
  if (problem !== undefined) throw new Error(`${problem}: ${body.slice(0, 300)}`)
  return { status, errorcode: Number(textOf(body, 'errorcode')), errortext: textOf(body, 'errortext') ?? '' }
}

/** The API behind a socket; `refusalOf` asks in every way and format, which must all be refused alike. */
export const serveOnWire = async (options: ApiOptions) => {
  const failures: unknown[] = []
  const log = { debug: () => {}, info: () => {}, error: (fields: unknown) => void failures.push(fields) }
  const api = createApi({ ...options, log })
  const { port } = await api.listen({ port: 0 })
  const ask = async (method: (typeof METHODS)[number], format: (typeof FORMATS)[number], pairs: Pairs) => {
    const query = new URLSearchParams()
    for (const [name, value] of [...pairs, ['response', format] as const]) query.append(name, value)
    const url = `http://127.0.0.1:${port}/client/api`
    const response = await (method === 'GET' ? fetch(`${url}?${query}`) : fetch(url, { method, body: query }))
    return read(format, response.status, response.headers.get('content-type') ?? '', await response.text())
  }
  const problemOf = async (command: Command, { kind, pairs, says }: Wrong): Promise<string | undefined> => {
    const all: Pairs = [['command', command.name], ...pairs]
    try {
      const refusals: Refused[] = []
      for (const method of METHODS) for (const format of FORMATS) refusals.push(await ask(method, format, all))
      const [one] = refusals
      if (new Set(refusals.map((refusal) => JSON.stringify(refusal))).size > 1)
        return `${command.name} ${kind} is refused in several ways: ${JSON.stringify(refusals).slice(0, 600)}`
      if (one?.status !== 431 || one.errorcode !== 431 || !says.test(one.errortext))
        return `${command.name} ${kind} answers ${JSON.stringify(one).slice(0, 300)}`
      return undefined
    } catch (error) {
      return `${command.name} ${kind} ${error instanceof Error ? error.message : error}`
    }
  }
  return { port, failures, problemOf, close: () => api.close() }
}
