import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { setAffinityGroups } from '../../model/affinity.ts'
import { insertGuest, nameTaken } from '../../model/guest.ts'
import { instanceGroup } from '../../model/instancegroup.ts'
import { requireRoom } from '../../model/limit/room.ts'
import { insertNic } from '../../model/nic.ts'
import { setSecurityGroups } from '../../model/securitygroup.ts'
import { chooseNic } from '../../placement/index.ts'
import { namedAffinityGroups } from '../affinity/named.ts'
import { everyone } from '../authorized.ts'
import { HYPERVISORS } from '../cluster/hypervisors.ts'
import { defineCommand } from '../command.ts'
import { readNamedValues } from '../offering/details.ts'
import { owner, ownerFor } from '../owner.ts'
import * as p from '../parameter.ts'
import { groupsForGuest } from '../securitygroup/named.ts'
import { chooseSize } from '../serviceoffering/size.ts'
import { namedKeypairs } from '../sshkeypair/name.ts'
import { write } from '../write.ts'
import { checkOptionNetworks, readDhcpOptions } from './dhcpoptions.ts'
import { guestWithPassword, reviseGuestNetworks } from './job.ts'
import { KEYBOARDS } from './keyboard.ts'
import { lockNetworks, onlyNetwork } from './nics.ts'
import { checkPlace, checkTemplate, usableOffering } from './parts.ts'
import { checkPassword, firstPassword } from './password.ts'
import { guestResponse } from './response.ts'
import { chosenUserData } from './userdata.ts'
import { wantedNics } from './wanted.ts'

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
    podid: p.forAdmins(p.uuid('The pod in which it is placed.')),
    clusterid: p.forAdmins(p.uuid('The cluster in which it is placed.')),
    hostid: p.forAdmins(p.uuid('The host that runs it; default: the least loaded one that fits.')),
    affinitygroupids: p.uuids('Its affinity groups, comma-joined.'),
    affinitygroupnames: p.words('Names of its affinity groups, instead of their ids.'),
    securitygroupids: p.uuids('Ids of its security groups, comma-joined.'),
    securitygroupnames: p.words('Names of its security groups, instead of their ids.'),
    details: p.map('cpuNumber, cpuSpeed and memory of a customized offering; all else is kept for clients.'),
    dynamicscalingenabled: p.boolean('False: it is not resized while it runs. Default true.'),
    group: p.name('Name of the group that it is shown in.'),
    keyboard: p.choice('Layout of the keyboard of its console.', KEYBOARDS),
    macaddress: p.mac('MAC address on its default network; default: a random one.'),
    nicnetworklist: p.map('Its networks by nic, instead of networkids: entries of nic, from 0, and network.'),
    hypervisor: p.choice('Accepted for clients that send it; the host decides.', HYPERVISORS),
    displayvm: p.only('Whether it is shown.', true),
    ...owner,
  },
  unsupported: [
    'bootintosetup',
    'bootmode',
    'boottype',
    'copyimagetags',
    'customid',
    'datadiskofferinglist',
    'datadisksdetails',
    'deploymentplanner',
    'diskofferingid',
    'externaldetails',
    'extraconfig',
    'iodriverpolicy',
    'iothreadsenabled',
    'leaseduration',
    'leaseexpiryaction',
    'nicmultiqueuenumber',
    'nicpackedvirtqueuesenabled',
    'overridediskofferingid',
    'properties',
    'rootdisksize',
    'size',
    'snapshotid',
    'volumeid',
  ],
  answer: 'job',
  response: guestResponse,
  result: guestWithPassword,
  run: (context, params) => {
    const { templateid, zoneid } = params
    if (templateid === undefined)
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        'Parameter templateid is required by deployVirtualMachine: what the guest is made of.',
      )
    const password = params.password === undefined ? undefined : checkPassword(params.password)
    const options = readDhcpOptions(params.dhcpoptionsnetworklist ?? [])
    const asked = wantedNics(params)
    const given = readNamedValues('details', params.details ?? [])
    const id = randomUUID()
    const name = params.name ?? `VM-${id}`
    return write(context, async (trx) => {
      const account = await ownerFor(context, trx, params)
      await checkPlace(trx, params)
      const asking = { zone: zoneid, caller: context.caller }
      const offering = await usableOffering(trx, params.serviceofferingid, asking)
      await checkTemplate(trx, templateid)
      const { size, details } = chooseSize(offering, given)
      await requireRoom(trx, account, {
        user_vm: 1,
        cpu: size.custom_cpunumber ?? offering.cpunumber,
        memory: size.custom_memory ?? offering.memory,
      })
      const alone = { address: params.ipaddress, address6: params.ip6address, mac: params.macaddress }
      const nics = asked ?? [{ network: await onlyNetwork(trx, zoneid, account), ...alone }]
      const networks = await lockNetworks(trx, { zone: zoneid, account }, nics)
      for (const network of networks.values())
        if (await nameTaken(trx, network.id, name))
          throw new SysvmError(
            'SYSVM_API_PARAMETER',
            `Parameter name: network ${network.name} has a guest named ${name} already.`,
          )
      checkOptionNetworks(options, [...networks.keys()])
      const keys = await namedKeypairs(trx, account, params)
      const groups = (await namedAffinityGroups(trx, account, params)) ?? []
      const first = firstPassword(context, id, password, keys?.public_keys ?? [])
      await insertGuest(trx, {
        id,
        account,
        cloud_user: context.caller.userid,
        name,
        displayname: params.displayname || name,
        zone: zoneid,
        offering: params.serviceofferingid,
        template: templateid,
        host: params.hostid ?? null,
        only_pod: params.podid ?? null,
        only_cluster: params.clusterid ?? null,
        ...size,
        details: JSON.stringify(details),
        haenable: offering.offerha,
        scalable: params.dynamicscalingenabled ?? true,
        keyboard: params.keyboard ?? null,
        instance_group: params.group === undefined ? null : await instanceGroup(trx, account, params.group),
        userdata: null,
        ...(await chosenUserData(trx, account, params)),
        ...keys,
        ...first,
        desired: params.startvm === false ? 'Stopped' : 'Running',
        state: params.startvm === false ? 'Stopped' : 'Starting',
      })
      for (const [device, nic] of nics.entries()) {
        // The reconciler fills in the rest; the address is taken now so that a full network is refused at once.
        const { address, gateway, netmask } = await chooseNic(trx, nic.network, nic.address ?? null)
        const dhcp_options = JSON.stringify(options.get(nic.network) ?? [])
        const own = nic.mac === undefined ? {} : { mac: nic.mac, gateway, netmask }
        const given = { address, address6: nic.address6 ?? null, dhcp_options, ...own }
        await insertNic(trx, { guest: id, network: nic.network, role: 'guest', device, ...given })
      }
      await setAffinityGroups(
        trx,
        id,
        groups.map((group) => group.id),
      )
      await setSecurityGroups(trx, id, await groupsForGuest(trx, account, [...networks.keys()], params))
      await reviseGuestNetworks(context, trx, id)
      const target = { kind: 'guest', id } as const
      const job = { cmd: 'deployVirtualMachine', target, revision: 1, instancetype: 'VirtualMachine' }
      return { jobid: await context.jobs.startJob(trx, { ...job, password: first.password_id }), id }
    })
  },
})
