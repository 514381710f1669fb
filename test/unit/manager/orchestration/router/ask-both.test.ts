import { askBoth } from '@sysvm/manager/orchestration/router/ask-both'
import type { Told } from '@sysvm/manager/orchestration/router/pair'
import { expect, test } from 'vitest'

const primary: Told = { state: 'PRIMARY', flows: { own: 3, peer: 0 } }
const backup: Told = { state: 'BACKUP', flows: { own: 0, peer: 3 } }
const PROMPT_MS = 20

test('the second one is asked when the first has answered', async () => {
  const said: string[] = []
  const first = async () => {
    await Promise.resolve()
    said.push('first')
    return primary
  }
  const second = async () => {
    said.push('second')
    return backup
  }
  expect(await askBoth([first, second], 60_000)).toEqual([primary, backup])
  expect(said).toEqual(['first', 'second'])
})

test('who serves in the place of one that is gone is heard at once', async () => {
  const gone = () => new Promise<undefined>(() => undefined)
  expect(await askBoth([gone, async () => primary], PROMPT_MS)).toEqual([undefined, primary])
})

test('both that serve are told, and a slow one is waited for unless the other serves', async () => {
  expect(await askBoth([async () => primary, async () => primary])).toEqual([primary, primary])
  const { promise, resolve } = Promise.withResolvers<Told>()
  const asked = askBoth([() => promise, async () => backup], PROMPT_MS)
  setTimeout(resolve, 3 * PROMPT_MS, primary)
  expect(await asked).toEqual([primary, backup])
})
