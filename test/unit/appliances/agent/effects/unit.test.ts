import { createUnitActive } from '@sysvm/agent/effects/unit'
import { SysvmError } from '@sysvm/errors'
import { beforeEach, expect, it } from 'vitest'

const states: Readonly<Record<string, string>> = { one: 'active', two: 'inactive', three: 'activating' }
let asked: (readonly string[])[]
let told: (names: readonly string[]) => string
beforeEach(() => {
  asked = []
  told = (names) => names.map((name) => `${states[name]}\n`).join('\n')
})

const unitActive = createUnitActive({
  run: async (argv) => {
    const names = argv.slice(4)
    asked.push(names)
    return { stdout: told(names), stderr: '' }
  },
})

it('asks once for all that ask in one moment', async () => {
  expect(await Promise.all(['one', 'two', 'one', 'three'].map(unitActive))).toEqual([true, false, true, false])
  expect(asked).toEqual([['one', 'two', 'three']])
})

it('asks again for who comes later', async () => {
  expect(await unitActive('one')).toBe(true)
  expect(await unitActive('two')).toBe(false)
  expect(asked).toEqual([['one'], ['two']])
})

it('tells everyone when it cannot be known, and nobody a wrong thing', async () => {
  told = () => {
    throw new SysvmError('SYSVM_COMMAND_FAILED', 'No bus.')
  }
  const all = await Promise.allSettled([unitActive('one'), unitActive('two')])
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  told = () => 'active\n'
  const few = await Promise.allSettled([unitActive('one'), unitActive('two')])
  expect(few.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
