import { readSessions } from '@sysvm/router/vpn/l2tp/sessions'
import { expect, test } from 'vitest'

test('sessions are what the image writes, the longest first; what is half written is none', () => {
  const text = `ppp1 812 ben@example.org 10.9.1.3 203.0.113.10 1700000009
ppp0 801 ann 10.9.1.2 203.0.113.9 1700000000
801
ppp2 9
`
  expect(readSessions(text)).toEqual([
    { protocol: 'l2tp', device: 'ppp0', user: 'ann', address: '10.9.1.2', from: '203.0.113.9', since: 1_700_000_000 },
    {
      ...{ protocol: 'l2tp', device: 'ppp1', user: 'ben@example.org', address: '10.9.1.3', from: '203.0.113.10' },
      since: 1_700_000_009,
    },
  ])
})
