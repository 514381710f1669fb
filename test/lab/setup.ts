import { afterEach, beforeEach } from 'vitest'
import { closeSince, opened } from './opened.ts'

let before: ReturnType<typeof opened>
beforeEach(() => {
  before = opened()
})
// Last of all hooks: what is open now was left by a test that ran out of time.
afterEach(() => closeSince(before))
