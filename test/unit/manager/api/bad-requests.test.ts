import { commands } from '@sysvm/manager/api/commands'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemOfXml } from './badrequest/well-formed.ts'
import { serveOnWire, wrongRequests } from './badrequest/wire.ts'

/** Whoever asks it anything fails, and the answer would be 530: what is refused here was never near the state. */
const nothing = new Proxy(
  {},
  {
    get: (_target, key) => {
      throw new Error(`the state is asked for ${String(key)}`)
    },
  },
) as never

let wire: Awaited<ReturnType<typeof serveOnWire>>
beforeAll(async () => {
  wire = await serveOnWire({ db: nothing, jobs: nothing })
})
afterAll(() => wire?.close())

describe('a request that is wrong by itself', () => {
  it.each(commands)('of $name is refused alike by GET and POST, in XML and JSON', async (command) => {
    const problems: (string | undefined)[] = []
    for (const wrong of wrongRequests(command)) problems.push(await wire.problemOf(command, wrong))
    expect(problems.filter((problem) => problem !== undefined)).toEqual([])
    expect(wire.failures.splice(0)).toEqual([])
  })
})

describe('the reader of XML', () => {
  const head = '<?xml version="1.0" encoding="UTF-8"?>'
  it.each([
    ['<a b="1.0"><c>x &amp; y</c><c></c></a>', undefined],
    ['<a><b></a></b>', 'closes a where it is not open'],
    ['<a>', 'does not end'],
    ['<a></a><a></a>', 'does not end'],
    ['<a>x & y</a>', 'has the text x & y'],
    ['<a><1>x</1></a>', 'has the text <1>'],
    ['<a>\u0001</a>', 'has a character that XML has not'],
  ])('judges %s', (text, problem) => {
    expect(problemOfXml(head + text)).toBe(problem)
  })
})
