import { issueServer, newAuthority } from '@sysvm/manager/certificates/issue'
import type { RemoteAccess } from '@sysvm/router/vpn/remoteaccess/spec'

const authority = await newAuthority('test')
const server = await issueServer(authority, ['198.51.100.5'])

/** At the base spec's router, for its one network. */
export const access = (change: Partial<RemoteAccess> = {}): RemoteAccess => ({
  address: '198.51.100.5',
  pool: { first: '10.9.0.1', last: '10.9.0.9' },
  subnets: ['10.1.1.0/24'],
  dns: ['10.1.1.1'],
  chain: `${server.certificate}${authority.certificate}`,
  key: server.privateKey,
  users: [{ name: 'ann', password: 'correct-horse' }],
  ...change,
})

/** Of an authority's own certificate. */
export const otherKey = authority.privateKey
export const leaf = server.certificate
