import { platformHash } from '@sysvm/images/build/inputs'
import { expect, it } from 'vitest'

const inputs = { base: 'b', overlay: 'o', launcher: 'l', firmware: 'f', lock: 'x', packer: 'p' }

it('tells images apart that differ in more than their firmware', () => {
  const platform = platformHash(inputs)
  expect(platformHash({ ...inputs, firmware: 'g', lock: 'y', packer: 'q' })).toBe(platform)
  for (const name of ['base', 'overlay', 'launcher'])
    expect(platformHash({ ...inputs, [name]: '2' })).not.toBe(platform)
})
