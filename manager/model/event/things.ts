import { type Kysely, sql } from 'kysely'
import { facts, factsFunction, type ThingFacts } from '../migrations/record/events.ts'
import type { Database } from '../schema.ts'

/** Of things that came after the record: whose they are and what they are called, by the name of their kind. */
const later: readonly ThingFacts[] = [
  [
    ['VpnGateway'],
    'vpn_gateway t join ip_rule on ip_rule.id = t.rule join public_ip on public_ip.id = ip_rule.public_ip join vpc on vpc.id = t.vpc',
    'vpc.account',
    'host(public_ip.address)',
  ],
  [['VpnCustomerGateway'], 'vpn_customer_gateway t', 't.account', 't.name'],
  [
    ['VpnConnection'],
    'vpn_connection t join vpn_customer_gateway peer on peer.id = t.customer_gateway',
    'peer.account',
    'peer.name',
  ],
  [
    ['RemoteAccessVpn'],
    'remote_access_vpn t join public_ip on public_ip.id = t.public_ip',
    'public_ip.account',
    'host(public_ip.address)',
  ],
  [['VpnUser'], 'vpn_user t', 't.account', 't.username'],
]

/** Has the record know these kinds too. */
export const keepThingFacts = async (db: Kysely<Database>): Promise<void> => {
  await sql.raw(`create or replace ${factsFunction([...facts, ...later])}`).execute(db)
}
