import type { Command } from '@sysvm/manager/api/command'
import { commands as all } from '@sysvm/manager/api/commands'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Accepted, accepted } from './badinput/exceptions.ts'
import { foreignTo, goodCall, goodValue } from './badinput/good.ts'
import { type Hostile, hostileFor, INJECTED, MARK, RANGES } from './badinput/hostile.ts'
import { openLab } from './badinput/lab.ts'
import { goodMaps, hostileEntries, unknownMaps } from './badinput/maps.ts'
import type { Pairs } from './badinput/serve.ts'

/** There is one owner, until accounts come. */
const OWNERS = ['domainid', 'accountid']
/** What there is none of yet: these lists refuse every id of it. */
const NONE =
  /\.(autoscalevmgroupid|backupofferingid|extensionid|isoid|parenttemplateid|vgpuprofileid)$|^list(Isos|Snapshots|SnapshotPolicies|VMSnapshot|Volumes|ConsoleSessions)\.(id|imagestoreid|storageid|volumeid|vmsnapshotid)$/
/** Of login whatever opens nothing is answered alike (531): identity.test.ts. */
const commands = all.filter(({ anonymous }) => !anonymous)
const LOOKS = /^(list|get|query|explain)/

let lab: Awaited<ReturnType<typeof openLab>>
beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab?.close())

const used = new Set<string>()

/** Why hostile input of a kind may be taken; notes that it is. */
const acceptance = (where: string, kind: string): Accepted | undefined => {
  const index = accepted.findIndex((one) => one.where.test(where) && one.kinds.includes(kind))
  used.add(`${index} ${kind}`)
  return accepted[index]
}

/** Sends; what was changed by a call that is accepted is undone, what one that is refused left behind stays. */
const attempt = async (command: Command, pairs: Pairs, whenTaken = async (): Promise<void> => {}) => {
  lab.mark()
  const answer = await lab.send(command, pairs)
  if (answer.status === 200) await whenTaken()
  await (answer.status === 200 ? lab.rewind() : lab.keep().catch(() => lab.rewind()))
  return answer
}

/** What is wrong with what was taken: it makes a spec that a router refuses, or is in one though it is said not to be. */
const judgeSpecs = async ({ inSpec = false }: Accepted): Promise<string | undefined> => {
  try {
    return (await lab.specs()).includes(MARK) && !inSpec ? 'is in the spec of a router' : undefined
  } catch (error) {
    return `makes a spec that its router refuses: ${error}`
  }
}

/** The end of a range before its start: of the good call's own range where it has one. */
const upsideDown = (command: Command): readonly (readonly [name: string, hostile: Hostile])[] =>
  RANGES.filter(([low, high]) => low in command.params && high in command.params).map(([low, high, first, last]) => {
    const own = goodCall(command, lab.at)
    const [start, end] = [own[low], own[high]]
    const pairs =
      start !== undefined && end !== undefined
        ? ([
            [low, end],
            [high, start],
          ] as const)
        : ([
            [low, last],
            [high, first],
          ] as const)
    return [high, { kind: 'upside down', pairs }]
  })

const casesOf = (command: Command): readonly (readonly [name: string, hostile: Hostile])[] => [
  ...Object.entries(command.params).flatMap(([name, parameter]) => {
    const good = goodValue(command, name, lab.at)
    return hostileFor(name, parameter, good, foreignTo(good, lab.at)).map((hostile) => [name, hostile] as const)
  }),
  ...command.unsupported.map((name) => [name, { kind: 'unsupported', pairs: [[name, 'x']] as const }] as const),
  ['nosuchparameter', { kind: 'unknown', pairs: [['nosuchparameter', 'x']] }],
  ...hostileEntries(command, lab.at),
  ...upsideDown(command),
]

const judged = new Set<string>()

/** Of what is injected into a parameter, the worst that it takes stands for all: specs take their time. */
const isFirst = (where: string, kind: string): boolean => {
  if (!INJECTED.includes(kind)) return true
  if (judged.has(where)) return false
  judged.add(where)
  return true
}

/** What is wrong with the answer to a hostile call; nothing: it is refused as it should be. */
const judge = async (command: Command, name: string, { kind, pairs }: Hostile): Promise<string | undefined> => {
  const where = `${command.name}.${name}`
  const replaced = new Set(pairs.map(([key]) => key))
  const others = Object.entries(goodCall(command, lab.at, name)).filter(
    ([key]) => key.split('[')[0] !== name && !replaced.has(key),
  )
  const exception = acceptance(where, kind)
  let problem: string | undefined
  const { status, body } = await attempt(command, [...others, ...pairs], async () => {
    if (exception === undefined) problem = 'is accepted'
    else if (!LOOKS.test(command.name) && isFirst(where, kind)) problem = await judgeSpecs(exception)
  })
  const text = String(body.errortext)
  if (lab.unexpected.length > 0) problem = `fails unexpectedly: ${lab.unexpected.splice(0).join()}`
  else if (status !== 200 && exception !== undefined) problem = `has an exception and is refused: ${text}`
  else if (status !== 200 && status !== 431) problem = `answers ${status}: ${text}`
  else if (status === 431 && !new RegExp(`\\b${name}\\b`, 'i').test(text)) problem = `is not named: ${text}`
  return problem && `${where} ${kind} ${problem.slice(0, 300)}`
}

describe('the query API', () => {
  it.each(commands)('$name takes what is right', async (command) => {
    const { status, body } = await attempt(command, Object.entries(goodCall(command, lab.at)))
    expect(status === 200 ? undefined : body).toBeUndefined()
    for (const [name, call] of goodMaps(command, lab.at)) {
      const answer = await attempt(command, Object.entries(call))
      expect(answer.status === 200 ? undefined : { name, ...answer.body }).toBeUndefined()
    }
  })

  it.each(commands)('$name refuses what is wrong, names it and changes nothing', async (command) => {
    const problems: (string | undefined)[] = []
    for (const [name, hostile] of casesOf(command)) problems.push(await judge(command, name, hostile))
    expect(problems.filter((problem) => problem !== undefined)).toEqual([])
    expect(await lab.digest()).toEqual(lab.before)
  })

  it('is asked about an object of each kind that an id names', () => {
    const unknown = commands.flatMap((command) =>
      Object.entries(command.params).flatMap(([name, { type }]) => {
        const where = `${command.name}.${name}`
        const asked = type !== 'uuid' || OWNERS.includes(name) || NONE.test(where)
        return asked || goodValue(command, name, lab.at) !== '' ? [] : [where]
      }),
    )
    expect([...unknown, ...commands.flatMap(unknownMaps)]).toEqual([])
  })

  it('sends specs that routers take', async () => {
    expect(await lab.specs()).toContain('10.5.0.1')
  })

  it('has no exception for what it refuses', () => {
    const stale = accepted.flatMap(({ where, kinds }, index) =>
      kinds.filter((kind) => !used.has(`${index} ${kind}`)).map((kind) => `${where} ${kind}`),
    )
    expect(stale).toEqual([])
  })
})
