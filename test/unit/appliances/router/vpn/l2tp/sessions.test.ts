import { readSessions, surplusSessions } from '@sysvm/router/vpn/l2tp/sessions'
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

test('of one user, in whatever case the name was given, the four newest sessions stay', () => {
  const line = (device: number, user: string, since: number): string =>
    `ppp${device} 8 ${user} 10.9.1.${device} 203.0.113.9 ${since}`
  const text = [
    line(1, 'ann', 5),
    line(2, 'Ann', 1),
    line(3, 'ann', 9),
    line(4, 'ANN', 7),
    line(5, 'ann', 3),
    line(6, 'ben', 0),
  ]
  expect(surplusSessions(readSessions(text.join('\n'))).map(({ device }) => device)).toEqual(['ppp2'])
})
