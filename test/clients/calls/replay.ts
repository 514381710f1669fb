import type { Command } from '@sysvm/manager/api/command'
import { commands } from '@sysvm/manager/api/commands'
import { until } from '../../lab/until.ts'
import type { Body, Call, Called } from '../../simulator/api.ts'
import type { Step } from './step.ts'
import { wrongWith } from './strict.ts'

/** What steps know by name. */
export type Kept = Record<string, string>

const index = new Map(commands.map((command) => [command.name, command]))

const filled = (given: Readonly<Record<string, string>>, kept: Kept): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      value.startsWith('@') ? (kept[value.slice(1)] ?? `nothing is called ${value}`) : value,
    ]),
  )

const wrongKeys = (body: Body, ...known: readonly string[]): readonly string[] => {
  const more = Object.keys(body).filter((key) => !known.includes(key))
  return more.length === 0 ? [] : [`has ${more.join(', ')}, not only ${known.join(', ')}`]
}

const wrongError = ({ body }: Called): readonly string[] =>
  Number.isInteger(body.errorcode) && Number.isInteger(body.cserrorcode) && typeof body.errortext === 'string'
    ? wrongKeys(body, 'uuidList', 'errorcode', 'cserrorcode', 'errortext')
    : [`is no error: ${JSON.stringify(body)}`]

interface Read {
  readonly items: readonly unknown[]
  readonly wrong: readonly string[]
}

const readList = (command: Command, body: Body): Read => {
  const { object } = command.response
  if (Object.keys(body).length === 0) return { items: [], wrong: [] }
  const items = body[object] ?? []
  if (!Array.isArray(items)) return { items: [], wrong: [`${object} is no list`] }
  const counted = Number.isInteger(body.count) && Number(body.count) >= items.length && Number(body.count) > 0
  const wrong = [
    ...wrongKeys(body, 'count', object),
    ...(counted ? [] : [`count is ${JSON.stringify(body.count)} of ${items.length}`]),
    ...(items.length === 0 && object in body ? [`${object} is an empty list`] : []),
  ]
  return { items, wrong: [...wrong, ...items.flatMap((item) => wrongWith(command, item))] }
}

/** An answer about one thing: under its name, or nothing but success. */
const readOne = (command: Command, body: Body): Read => {
  const { object } = command.response
  if (body.success !== undefined && object !== 'success' && !(object in body))
    return { items: [], wrong: body.success === true ? [] : [`success is ${JSON.stringify(body.success)}`] }
  if (object in body && typeof body[object] === 'object')
    return { items: [body[object]], wrong: [...wrongKeys(body, object), ...wrongWith(command, body[object])] }
  return { items: [body], wrong: wrongWith(command, body) }
}

/** Asked for until it has ended, as every client does. */
const endOf = (call: Call, jobid: string): Promise<Body> =>
  until('the job ended', async () => {
    const { body } = await call('queryAsyncJobResult', { jobid })
    return body.jobstatus === 0 ? undefined : body
  })

const readJob = async (call: Call, command: Command, body: Body): Promise<Read> => {
  const wrong = [...wrongKeys(body, 'jobid', 'id')]
  const job = await endOf(call, String(body.jobid))
  if (job.jobstatus !== 1) return { items: [], wrong: [...wrong, `failed: ${JSON.stringify(job.jobresult)}`] }
  const described = index.get('queryAsyncJobResult') as Command
  const answered = readOne(command, job.jobresult as Body)
  return { items: answered.items, wrong: [...wrong, ...wrongWith(described, job), ...answered.wrong] }
}

/** A list whose answer has more than one kind of object beside its count. */
const readMixed = (command: Command, body: Body): Read => ({
  items: Object.values(body).find(Array.isArray) ?? [],
  wrong: wrongWith(command, body),
})

const read = (call: Call, command: Command, body: Body): Read | Promise<Read> => {
  if (command.isasync) return readJob(call, command, body)
  if (command.response.fields.count !== undefined) return readMixed(command, body)
  return body.count !== undefined || Object.keys(body).length === 0 ? readList(command, body) : readOne(command, body)
}

const at = (item: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Body | undefined)?.[key], item)

const outcome = async (call: Call, { call: name, with: given = {}, keep = {}, is }: Step, kept: Kept) => {
  const command = index.get(name)
  if (command === undefined) return ['is no command']
  const called = await call(name, filled(given, kept))
  if (called.root !== (command.root ?? `${name.toLowerCase()}response`)) return [`answers ${called.root}`]
  if (typeof is === 'number')
    return [...(called.status === is ? [] : [`answers ${called.status}, not ${is}`]), ...wrongError(called)]
  if (called.status !== 200) return [`answers ${called.status}: ${called.body.errortext}`]
  const { items, wrong: misread } = await read(call, command, called.body)
  const wrong = [...misread]
  for (const [key, path] of Object.entries(keep)) {
    const value = at(items[0], path)
    if (typeof value === 'string') kept[key] = value
    else wrong.push(`has no ${path}: ${JSON.stringify(items[0])}`)
  }
  const some = items.length > 0 || Number(called.body.count) > 0
  if (is !== undefined && some !== (is === 'some')) return [...wrong, `lists ${items.length}`]
  return wrong
}

/** Makes each call as the client does; what its decoder, or whoever reads the answer, would stumble over. */
export const replay = async (call: Call, steps: readonly Step[], kept: Kept): Promise<readonly string[]> => {
  const wrong: string[] = []
  for (const one of steps)
    for (const sentence of await outcome(call, one, kept))
      wrong.push(`${one.call} ${JSON.stringify(one.with ?? {})}: ${sentence}`)
  return [...new Set(wrong)]
}
