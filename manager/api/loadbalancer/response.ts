import type { LoadBalancerRule } from '../../model/loadbalancer.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'
import { formatRate } from './parameters.ts'

export const ruleResponse = defineResponse('loadbalancerrule', {
  id: ['string', "The rule's id."],
  name: ['string', 'Its name.'],
  description: ['string', 'What it is, for people.'],
  publicipid: ['string', 'The public address.'],
  publicip: ['string', 'The public address itself.'],
  publicport: ['string', 'Port that clients use.'],
  privateport: ['string', 'Port of the members.'],
  algorithm: ['string', 'roundrobin, leastconn or source.'],
  networkid: ['string', "The members' network."],
  cidrlist: ['string', 'Networks whose clients may connect; absent: all.'],
  ...ownerShown,
  state: ['string', 'Active once its router has it, until then Add.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  protocol: ['string', 'tcp, udp, tcp-proxy, http or ssl.'],
  fordisplay: ['boolean', 'Always true.'],
  tags: ['list', 'Its tags; none.'],
  maxconnections: ['integer', 'Open connections at once. Of sysvm alone.'],
  connectionspersource: ['integer', 'Open connections at once from one client address. Of sysvm alone.'],
  connectionrate: ['string', 'New connections from one client address. Of sysvm alone.'],
  requestrate: ['string', 'Requests from one client address. Of sysvm alone.'],
  timeoutconnect: ['integer', 'Milliseconds. Of sysvm alone.'],
  timeoutclient: ['integer', 'Milliseconds. Of sysvm alone.'],
  timeoutserver: ['integer', 'Milliseconds. Of sysvm alone.'],
  timeoutqueue: ['integer', 'Milliseconds. Of sysvm alone.'],
  timeouthttprequest: ['integer', 'Milliseconds. Of sysvm alone.'],
  timeouthttpkeepalive: ['integer', 'Milliseconds. Of sysvm alone.'],
  timeouttunnel: ['integer', 'Milliseconds. Of sysvm alone.'],
})

/** What makes or changes a rule answers the same under another name than lists. */
export const madeRuleResponse = defineResponse('loadbalancer', ruleResponse.fields)

export const stateOf = ({ held }: { readonly held: boolean }): string => (held ? 'Active' : 'Add')

export const presentRule =
  (owners: Owners) =>
  (row: LoadBalancerRule): Presented<typeof ruleResponse.fields> => ({
    id: row.id,
    name: row.name,
    description: row.description,
    publicipid: row.publicip,
    publicip: row.publicaddress,
    publicport: String(row.public_port),
    privateport: String(row.private_port),
    algorithm: row.algorithm,
    networkid: row.network,
    cidrlist: row.cidrs.length === 0 ? null : row.cidrs.join(','),
    ...owners(row.account),
    state: stateOf(row),
    zoneid: row.zone,
    zonename: row.zonename,
    protocol: row.protocol,
    fordisplay: true,
    tags: [],
    maxconnections: row.limits.maxConnections,
    connectionspersource: row.limits.connectionsPerSource,
    connectionrate: formatRate(row.limits.connectionRate),
    requestrate: formatRate(row.limits.requestRate),
    timeoutconnect: row.timeouts.connect,
    timeoutclient: row.timeouts.client,
    timeoutserver: row.timeouts.server,
    timeoutqueue: row.timeouts.queue,
    timeouthttprequest: row.timeouts.httpRequest,
    timeouthttpkeepalive: row.timeouts.httpKeepAlive,
    timeouttunnel: row.timeouts.tunnel,
  })
