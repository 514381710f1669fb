import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { until } from '../../../lab/until.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const inAnHour = () => vi.advanceTimersByTimeAsync(3_600_000)

test('a question that is never answered is given up, and said to be what hung', async () => {
  const asking = [Promise.resolve(undefined), new Promise<never>(() => {})]
  const waiting = until('it answers', () => asking.shift())
  const failed = expect(waiting).rejects.toThrow('waited in vain until it answers: question 2 got no answer')
  await inAnHour()
  await failed
})

test('the last error is kept as the cause', async () => {
  const waiting = until('it answers', () => Promise.reject(new Error('nobody there')))
  const failed = expect(waiting).rejects.toMatchObject({
    message: 'waited in vain until it answers',
    cause: { message: 'nobody there' },
  })
  await inAnHour()
  await failed
})
