import { networksOfRange } from '@sysvm/agent/spec'
import { expect, test } from 'vitest'

test.each([
  ['10.1.2.1', '10.1.2.8', ['10.1.2.1/32', '10.1.2.2/31', '10.1.2.4/30', '10.1.2.8/32']],
  ['10.1.2.0', '10.1.2.255', ['10.1.2.0/24']],
  ['10.1.2.7', '10.1.2.7', ['10.1.2.7/32']],
  ['10.0.0.255', '10.0.1.0', ['10.0.0.255/32', '10.0.1.0/32']],
  ['0.0.0.0', '255.255.255.255', ['0.0.0.0/0']],
  ['255.255.255.254', '255.255.255.255', ['255.255.255.254/31']],
])('from %s to %s there are these networks and no more', (first, last, networks) => {
  expect(networksOfRange({ first, last })).toEqual(networks)
})
