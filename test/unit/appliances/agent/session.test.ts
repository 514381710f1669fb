import { readFileSync } from 'node:fs'
import { startOf } from '@sysvm/agent/session'
import { expect, it } from 'vitest'

it('reads a process’s start past a name with spaces and parentheses', () => {
  const fields = ['S', '1', ...Array.from({ length: 17 }, () => '0'), '4242', '0'].join(' ')
  expect(startOf(`12 (sshd-session: (a) b) ${fields}`)).toBe(42.42)
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
  const own = startOf(readFileSync('/proc/self/stat', 'utf8'))
  expect(own).toBeGreaterThan(0)
  expect(own).toBeLessThanOrEqual(uptime)
})
