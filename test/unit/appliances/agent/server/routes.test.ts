import { matchPath } from '@sysvm/agent/server/routes'
import { expect, it } from 'vitest'

it.for([
  ['/v1/status', '/v1/status', {}],
  ['/v1/state/:service', '/v1/state/dns', { service: 'dns' }],
  ['/v1/state/:service', '/v1/state/', undefined],
  ['/v1/state/:service', '/v1/state/dns/more', undefined],
  ['/v1/status', '/v1/stat', undefined],
] as const)('%s and %s', ([pattern, path, parameters]) => {
  expect(matchPath(pattern, path)).toEqual(parameters)
})
