import { createProgress, type Output } from '@sysvm/manager/cli/progress'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const record = (isTTY: boolean): { output: Output; text: () => string } => {
  const written: string[] = []
  return { output: { isTTY, columns: 40, write: (text) => written.push(text) }, text: () => written.join('') }
}

test('without a terminal a step is one line, and one more each quarter of a minute', async () => {
  const { output, text } = record(false)
  const step = createProgress(output).step('images', async (tell) => {
    tell('unpacking')
    await new Promise((resolve) => setTimeout(resolve, 31_000))
  })
  await vi.advanceTimersByTimeAsync(31_000)
  await step
  expect(text()).toBe('… images  15.0 s  unpacking\n… images  30.0 s  unpacking\n✓ images  31.0 s  unpacking\n')
})

test('on a terminal the line is redrawn in place and cut to its width', async () => {
  const { output, text } = record(true)
  const step = createProgress(output).step('images', async (tell) => {
    tell('a detail that is much longer than the terminal')
    await new Promise((resolve) => setTimeout(resolve, 100))
  })
  await vi.advanceTimersByTimeAsync(100)
  await step
  const frames = text().split('\r\u001B[2K')
  expect(frames.slice(0, 3)).toEqual(['', '… images  0.0 s', '… images  0.1 s  a detail that is much…'])
  expect(text().endsWith('\n')).toBe(true)
})

test('a step that fails is marked and its error passed on', async () => {
  const { output, text } = record(false)
  await expect(createProgress(output).step('host', () => Promise.reject(new Error('off')))).rejects.toThrow('off')
  expect(text()).toBe('✗ host  0.0 s\n')
})
