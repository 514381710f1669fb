import { isSysvmError, SysvmError } from '@sysvm/errors'
import { type Answer, type Client, listOf } from '../client.ts'
import { plan } from '../demo/names.ts'
import { until } from '../demo/until.ts'
import type { Tell } from '../progress.ts'
import { ensure, find, idOf } from './ensure.ts'

const NETWORK = 'demo'
const GUEST = 'demo-guest'

/** What the guest does at its first boot: resolve a name, fetch a page, and say so on its console. */
export const userData = `#!/bin/sh
# Written by sysvm up: proof that this guest reaches the outside through its router.
name=${plan.site.name}
n=0
until answer=$(timeout 5 wget -q -O - "http://$name/"); do
  n=$((n + 1))
  [ $n -lt 30 ] || exit 1
  sleep 1
done
address=$(nslookup "$name" | awk '/^Name:/ { seen = 1 } seen && /^Address/ { print $NF; exit }')
echo "sysvm-guest: resolved=$name $address"
echo "sysvm-guest: fetched=$answer"
`

/** The one of a list that a predicate picks, or an error that names what there is. */
const pick = async (
  client: Client,
  command: string,
  object: string,
  parameters: Record<string, string>,
  what: string,
  matches: (item: Answer) => boolean,
): Promise<string> => {
  const items = listOf(await client.call(command, parameters), object)
  const found = items.find(matches)
  if (found !== undefined) return idOf(found)
  throw new SysvmError(
    'SYSVM_NOT_FOUND',
    `the manager has no ${what}; ${command} shows ${items.map((item) => item.name).join(', ') || 'nothing'}`,
  )
}

export const ensureNetwork = async (client: Client, zoneid: string): Promise<Answer> => {
  const isolated = (item: Answer): boolean => item.guestiptype === 'Isolated'
  const offering = await pick(
    client,
    'listNetworkOfferings',
    'networkoffering',
    { state: 'Enabled' },
    'network offering for isolated networks',
    isolated,
  )
  return ensure(client, {
    list: 'listNetworks',
    listParameters: { zoneid },
    object: 'network',
    matches: (item) => item.name === NETWORK,
    create: 'createNetwork',
    parameters: {
      name: NETWORK,
      displaytext: 'The network that sysvm up made',
      zoneid,
      networkofferingid: offering,
      gateway: plan.guest.gateway,
      netmask: plan.guest.netmask,
    },
  })
}

const findGuest = (client: Client, zoneid: string): Promise<Answer | undefined> =>
  find(client, {
    list: 'listVirtualMachines',
    listParameters: { zoneid },
    object: 'virtualmachine',
    matches: (item) => item.name === GUEST && item.state !== 'Expunging' && item.state !== 'Destroyed',
  })

/** Only starts it: whoever waits looks at router and guest themselves. */
const deploy = async (client: Client, zoneid: string, networkid: string): Promise<void> => {
  const any = (): boolean => true
  const service = await pick(
    client,
    'listServiceOfferings',
    'serviceoffering',
    {},
    'service offering',
    (item) => item.issystem !== true,
  )
  const template = await pick(
    client,
    'listTemplates',
    'template',
    { templatefilter: 'executable' },
    'guest template',
    any,
  )
  await client.call('deployVirtualMachine', {
    zoneid,
    serviceofferingid: service,
    templateid: template,
    networkids: networkid,
    name: GUEST,
    displayname: GUEST,
    userdata: Buffer.from(userData).toString('base64'),
  })
}

/** How far router and guest are, with the reason when one of them cannot go on. */
const stage = async (client: Client, networkid: string, guest: Answer | undefined): Promise<string> => {
  const router = listOf(await client.call('listRouters', { networkid }), 'router')[0]
  const why = listOf(router ?? {}, 'healthcheckresults').find((check) => check.success === false)?.details
  const reason = why === undefined ? '' : `: ${String(why).split('\n')[0]}`
  return `router ${router?.state ?? 'not there yet'}${reason}, guest ${guest?.state ?? 'not there yet'}`
}

/** The guest, running: deployed when it was not there, started when it was stopped, waited for when it starts. */
export const ensureGuest = async (
  client: Client,
  zoneid: string,
  networkid: string,
  timeoutMs: number,
  tell: Tell,
): Promise<Answer> => {
  if ((await findGuest(client, zoneid)) === undefined) await deploy(client, zoneid, networkid)
  let asked = false
  let now = ''
  const look = async (): Promise<Answer | undefined> => {
    const guest = await findGuest(client, zoneid)
    now = await stage(client, networkid, guest)
    tell(now)
    if (guest?.state === 'Running') return guest
    if (guest !== undefined && !asked && (guest.state === 'Stopped' || guest.state === 'Error')) {
      asked = true
      await client.call('startVirtualMachine', { id: idOf(guest) })
    }
    return undefined
  }
  return until('the guest runs', timeoutMs, look, 250).catch((cause: unknown) => {
    if (!isSysvmError(cause, 'SYSVM_TIMEOUT')) throw cause
    throw new SysvmError('SYSVM_TIMEOUT', `router and guest do not come up: ${now}`, { cause })
  })
}
