import { layout, uuidOf } from '@sysvm/images/build/disk'
import { expect, test } from 'vitest'

test('the state partition follows the root on a whole MiB', () => {
  expect(layout(300, 512)).toEqual({
    root: { start: 1048576, bytes: 314572800 },
    state: { start: 315621376, bytes: 536870912 },
  })
  expect(layout(32, 0)).toEqual({ root: { start: 1048576, bytes: 33554432 } })
})

test('a UUID follows from the hash and is a valid version 4 one', () => {
  const uuid = uuidOf('af6bec145456142b9b81dce3164271b320ab1ee1755908880e0aa85d342b58ab')
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
})
