import { createTurns } from '@sysvm/manager/api/turns'
import { expect, it } from 'vitest'

/** Work that ends when it is told to. */
const task = () => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  return { promise, resolve, reject, begun: false }
}

it('lets so many in at once, the others in their order, also after one that failed', async () => {
  const turns = createTurns(2, 60_000)
  const tasks = Array.from({ length: 5 }, task)
  const results = tasks.map((one) =>
    turns(() => {
      one.begun = true
      return one.promise
    }).catch(String),
  )
  const begun = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return tasks.map((one) => one.begun)
  }
  expect(await begun()).toEqual([true, true, false, false, false])
  tasks[1]?.reject(new Error('no'))
  expect(await begun()).toEqual([true, true, true, false, false])
  for (const one of tasks) one.resolve('yes')
  expect(await Promise.all(results)).toEqual(['yes', 'Error: no', 'yes', 'yes', 'yes'])
  expect(await turns(async () => 'later')).toBe('later')
})

it('gives up on one that waits too long, and not on those behind it', async () => {
  const turns = createTurns(1, 20)
  const first = task()
  const held = turns(() => first.promise)
  await expect(turns(async () => 'never')).rejects.toMatchObject({ code: 'SYSVM_TIMEOUT' })
  const behind = turns(async () => 'in time')
  first.resolve('done')
  expect([await held, await behind]).toEqual(['done', 'in time'])
})

it('turns away who finds the line full', async () => {
  const turns = createTurns(1, 60_000, 1)
  const first = task()
  const held = turns(() => first.promise)
  const waits = turns(async () => 'in time')
  await expect(turns(async () => 'never')).rejects.toMatchObject({ code: 'SYSVM_API_BUSY' })
  first.resolve('done')
  expect([await held, await waits, await turns(async () => 'later')]).toEqual(['done', 'in time', 'later'])
})

it('gives turns to all who wait, whoever has most to do', async () => {
  const turns = createTurns(1, 60_000)
  const first = task()
  const done: string[] = []
  const note = (who: string, what: string) => turns(async () => void done.push(what), who)
  const all = [turns(() => first.promise), ...['a1', 'a2', 'a3'].map((what) => note('a', what)), note('b', 'b1')]
  all.push(note('c', 'c1'), note('b', 'b2'))
  first.resolve('done')
  await Promise.all(all)
  expect(done).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
})
