import { expect, test } from 'vitest'
import { closeOnce, closeSince, opened } from '../../../lab/opened.ts'

test('what a test left open is closed before its next try, once, and nothing of before', async () => {
  const closed: string[] = []
  const open = (name: string) => closeOnce(async () => void closed.push(name))
  const shared = open('shared')
  const before = opened()
  open('first')
  const second = open('second')
  await open('tidy')()
  await closeSince(before)
  expect(closed).toEqual(['tidy', 'second', 'first'])
  await Promise.all([second(), shared(), closeSince(before)])
  expect(closed).toEqual(['tidy', 'second', 'first', 'shared'])
})
