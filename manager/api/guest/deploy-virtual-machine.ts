import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { insertGuest, nameTaken } from '../../model/guest.ts'
import { findHost } from '../../model/host.ts'
import { insertNic } from '../../model/nic.ts'
import { findServiceOffering } from '../../model/offering.ts'
import type { Database } from '../../model/schema.ts'
import { findTemplate } from '../../model/template.ts'
import { findZone } from '../../model/zone.ts'
import { chooseAddress } from '../../placement/index.ts'
import { everyone } from '../authorized.ts'
import { HYPERVISORS } from '../cluster/hypervisors.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { checkOwner, owner } from '../owner.ts'
import * as p from '../parameter.ts'
import { namedKeypairs } from '../sshkeypair/name.ts'
import { write } from '../write.ts'
import { checkOptionNetworks, readDhcpOptions } from './dhcpoptions.ts'
import { guestWithPassword, reviseGuestNetworks } from './job.ts'
import { lockNetworks, onlyNetwork, wantedNics } from './nics.ts'
import { checkPassword, firstPassword } from './password.ts'
import { guestResponse } from './response.ts'
import { chosenUserData } from './userdata.ts'

const stateError = (sentence: string) => new SysvmError('SYSVM_RESOURCE_STATE', sentence)

interface Parts {
  readonly zoneid: string
  readonly serviceofferingid: string
  readonly templateid: string
  readonly hostid?: string | undefined
}

/** Everything the guest is made of is there and may be used. */
const checkParts = async (trx: Transaction<Database>, parts: Parts): Promise<void> => {
  const { zoneid, serviceofferingid, templateid, hostid } = parts
  const zone = found(await findZone(trx, zoneid), 'zoneid', 'zone', zoneid)
  if (zone.allocationstate === 'Disabled')
    throw stateError(`Zone ${zone.name} is disabled: enable it with updateZone first.`)
  const offering = await findServiceOffering(trx, serviceofferingid)
  found(
    offering?.issystem ? undefined : offering,
    'serviceofferingid',
    'service offering for guests',
    serviceofferingid,
  )
  const template = await findTemplate(trx, templateid)
  const usable = found(
    template?.kind === 'guest' ? template : undefined,
    'templateid',
    'template for guests',
    templateid,
  )
  if (!usable.isready) throw stateError(`Template ${usable.name} is not ready: its image has not been verified yet.`)
  if (hostid === undefined) return
  const host = found(await findHost(trx, hostid), 'hostid', 'host', hostid)
  if (host.zone !== zoneid)
    throw new SysvmError('SYSVM_API_PARAMETER', `Parameter hostid: host ${host.name} is in another zone.`)
  if (host.state !== 'Up' || host.resourcestate !== 'Enabled')
    throw stateError(`Host ${host.name} is ${host.state} and ${host.resourcestate}: choose one that is Up and Enabled.`)
}

export const deployVirtualMachine = defineCommand({
  name: 'deployVirtualMachine',
  authorized: everyone,
  description: 'Deploys a guest; the first one of a network brings up its router.',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    serviceofferingid: p.required(p.uuid('Its size.')),
    templateid: p.uuid('What it is made of.'),
    networkids: p.uuids("Its networks, the default one first; default: the zone's only one."),
    iptonetworklist: p.map('Networks with addresses: entries of networkid, ip and ipv6.'),
    ipaddress: p.ipv4('Address on its default network; default: a free one.'),
    name: p.hostLabel('Its host name; default: VM- and its id.'),
    displayname: p.text('Its name for people; default: its host name.'),
    ip6address: p.ipv6('IPv6 address on its default network; default: the one it makes of its MAC address.'),
    dhcpoptionsnetworklist: p.map('DHCP options: entries of networkid and dhcp:CODE=value.'),
    userdata: p.secret('User data in base64, served at /latest/user-data.', 1_100_000),
    userdataid: p.uuid('Registered user data, instead of userdata.'),
    userdatadetails: p.map('Values of the variables of its user data: entries of name=value.'),
    keypair: p.text('Name of its SSH key pair.'),
    keypairs: p.words('Names of its SSH key pairs.'),
    password: p.secret('The password that it fetches at its first boot; default: a random one.'),
    startvm: p.boolean('False: it stays stopped. Default true.'),
    hostid: p.forAdmins(p.uuid('The host that runs it; default: the least loaded one that fits.')),
    hypervisor: p.choice('Accepted for clients that send it; the host decides.', HYPERVISORS),
    displayvm: p.only('Whether it is shown.', true),
    ...owner,
  },
  unsupported: [
    'affinitygroupids',
    'affinitygroupnames',
    'bootintosetup',
    'bootmode',
    'boottype',
    'clusterid',
    'copyimagetags',
    'customid',
    'datadiskofferinglist',
    'datadisksdetails',
    'deploymentplanner',
    'details',
    'diskofferingid',
    'dynamicscalingenabled',
    'externaldetails',
    'extraconfig',
    'group',
    'iodriverpolicy',
    'iothreadsenabled',
    'keyboard',
    'leaseduration',
    'leaseexpiryaction',
    'macaddress',
    'nicmultiqueuenumber',
    'nicnetworklist',
    'nicpackedvirtqueuesenabled',
    'overridediskofferingid',
    'podid',
    'properties',
    'rootdisksize',
    'securitygroupids',
    'securitygroupnames',
    'size',
    'snapshotid',
    'volumeid',
  ],
  answer: 'job',
  response: guestResponse,
  result: guestWithPassword,
  run: (context, params) => {
    checkOwner(context, params)
    const { templateid, zoneid } = params
    if (templateid === undefined)
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        'Parameter templateid is required by deployVirtualMachine: what the guest is made of.',
      )
    const password = params.password === undefined ? undefined : checkPassword(params.password)
    const options = readDhcpOptions(params.dhcpoptionsnetworklist ?? [])
    const asked = wantedNics(params)
    const id = randomUUID()
    const name = params.name ?? `VM-${id}`
    return write(context, async (trx) => {
      await checkParts(trx, { ...params, templateid })
      const alone = { address: params.ipaddress, address6: params.ip6address }
      const nics = asked ?? [{ network: await onlyNetwork(trx, zoneid), ...alone }]
      const networks = await lockNetworks(trx, zoneid, nics)
      for (const network of networks.values())
        if (await nameTaken(trx, network.id, name))
          throw new SysvmError(
            'SYSVM_API_PARAMETER',
            `Parameter name: network ${network.name} has a guest named ${name} already.`,
          )
      checkOptionNetworks(options, [...networks.keys()])
      const keys = await namedKeypairs(trx, params)
      await insertGuest(trx, {
        id,
        name,
        displayname: params.displayname || name,
        zone: zoneid,
        offering: params.serviceofferingid,
        template: templateid,
        host: params.hostid ?? null,
        userdata: null,
        ...(await chosenUserData(trx, params)),
        ...keys,
        ...firstPassword(context, id, password, keys?.public_keys ?? []),
        desired: params.startvm === false ? 'Stopped' : 'Running',
        state: params.startvm === false ? 'Stopped' : 'Starting',
      })
      for (const [device, nic] of nics.entries()) {
        // The reconciler fills in the rest; the address is taken now so that a full network is refused at once.
        const { address } = await chooseAddress(trx, nic.network, nic.address ?? null)
        const dhcp_options = JSON.stringify(options.get(nic.network) ?? [])
        const given = { address, address6: nic.address6 ?? null, dhcp_options }
        await insertNic(trx, { guest: id, network: nic.network, role: 'guest', device, ...given })
      }
      await reviseGuestNetworks(context, trx, id)
      const target = { kind: 'guest', id } as const
      const job = { cmd: 'deployVirtualMachine', target, revision: 1, instancetype: 'VirtualMachine' }
      return { jobid: await context.jobs.startJob(trx, job), id }
    })
  },
})
