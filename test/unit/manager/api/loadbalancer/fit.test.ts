import { checkFit, type Shape } from '@sysvm/manager/api/loadbalancer/fit'
import { expect, it } from 'vitest'

const rate = { count: 10, seconds: 1 }

it.each<readonly [Partial<Shape>, RegExp | undefined]>([
  [{ protocol: 'udp', algorithm: 'leastconn' }, /Parameter algorithm: UDP has no connections/],
  [{ protocol: 'udp', algorithm: 'source' }, undefined],
  [{ protocol: 'udp', limits: { maxConnections: 1 } }, /Parameter protocol: limits and timeouts are not for UDP/],
  [{ protocol: 'udp', timeouts: { client: 1 } }, /Parameter protocol: limits and timeouts/],
  [{ protocol: 'udp', stickiness: 'SourceBased' }, undefined],
  [{ protocol: 'udp', stickiness: 'LbCookie' }, /Parameter methodname/],
  [{ protocol: 'tcp-proxy', stickiness: 'AppCookie' }, /Parameter methodname/],
  [{ protocol: 'tcp', stickiness: 'AppCookie' }, undefined],
  [{ protocol: 'udp', check: 'http' }, /Parameter checktype: members of a UDP rule/],
  [{ protocol: 'udp', check: 'icmp' }, undefined],
  [{ protocol: 'udp', check: 'tcp' }, undefined],
  [{ protocol: 'http', check: 'icmp' }, /Parameter checktype: icmp and udp are for UDP/],
  [{ protocol: 'tcp', check: 'http' }, undefined],
  [{ protocol: 'tcp', limits: { requestRate: rate } }, /Parameter requestrate/],
  [{ protocol: 'tcp', limits: { requestRate: rate }, stickiness: 'LbCookie' }, undefined],
  [{ protocol: 'ssl', limits: { requestRate: rate, connectionRate: rate } }, undefined],
  [{ protocol: 'tcp-proxy', timeouts: { httpRequest: 5 } }, /Parameter timeouthttprequest/],
  [{ protocol: 'http', timeouts: { httpKeepAlive: 5 } }, undefined],
  [{ protocol: 'http', certificates: 1 }, /Parameter protocol: the rule has certificates/],
  [{ protocol: 'ssl', certificates: 2 }, undefined],
])('a rule %j', (shape, text) => {
  const check = () => checkFit({ protocol: 'tcp', algorithm: 'roundrobin', ...shape })
  if (text === undefined) expect(check).not.toThrow()
  else expect(check).toThrow(text)
})
