import type { Nic } from '../../model/nic.ts'
import { type Router, VERSION_LENGTH } from '../../model/router.ts'
import { nicFields, presentNic } from '../nic/response.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

export const routerResponse = defineResponse('router', {
  id: ['string', "The router's id."],
  name: ['string', 'Its instance name: r-NUMBER-VM.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  dns1: ['string', 'First name server it asks.'],
  dns2: ['string', 'Second name server it asks.'],
  networkdomain: ['string', "Its network's DNS domain."],
  gateway: ['string', 'Its gateway to the outside.'],
  podid: ['string', "Its host's pod."],
  podname: ['string', "Name of its host's pod."],
  hostid: ['string', 'The host that runs it.'],
  hostname: ['string', 'Name of the host that runs it.'],
  hypervisor: ['string', 'KVM or Container.'],
  linklocalip: ['string', 'Its control address.'],
  linklocalmacaddress: ['string', 'MAC address of its control nic.'],
  linklocalnetmask: ['string', 'Netmask of the control network.'],
  publicip: ['string', 'The address by which its guests go out.'],
  publicmacaddress: ['string', 'MAC address of its public nic.'],
  publicnetmask: ['string', 'Netmask of the public network.'],
  guestipaddress: ['string', 'Its address on the guest network.'],
  guestmacaddress: ['string', 'MAC address of its guest nic.'],
  guestnetmask: ['string', 'Netmask of the guest network.'],
  guestnetworkid: ['string', 'The network it serves; of a VPC its first tier.'],
  guestnetworkname: ['string', 'Name of that network.'],
  vpcid: ['string', 'The VPC it serves.'],
  vpcname: ['string', 'Name of that VPC.'],
  templateid: ['string', 'The template it was made of.'],
  templatename: ['string', 'Name of the template it was made of.'],
  created: ['date', 'When it was made.'],
  state: ['string', 'Starting, Running, Stopping, Stopped or Error.'],
  ...ownerShown,
  isredundantrouter: ['boolean', 'Whether it is one of two.'],
  redundantstate: [
    'string',
    'Of two: PRIMARY, which serves; BACKUP, which could at once; FAULT; UNKNOWN until it is either, or alone.',
  ],
  version: ['string', 'Content hash of the image whose firmware it runs, shortened.'],
  softwareversion: ['string', 'Generation of its spec that it confirmed.'],
  role: ['string', 'VIRTUAL_ROUTER.'],
  nic: ['set', 'Its network interfaces.', nicFields],
  requiresupgrade: ['boolean', 'Whether there is a newer image: patchSystemVm, or upgradeRouterTemplate.'],
  healthcheckresults: [
    'list',
    'Why it is in Error.',
    {
      checkname: ['string', 'What was tried.'],
      success: ['boolean', 'Whether it worked.'],
      details: ['string', 'What went wrong.'],
    },
  ],
})

export const presentRouter = (owners: Owners, nics: readonly Nic[]) => {
  const byRouter = Map.groupBy(nics, ({ router }) => router)
  return (row: Router): Presented<typeof routerResponse.fields> => {
    const own = byRouter.get(row.id) ?? []
    const at = (role: Nic['role']) => {
      const [first, ...others] = own.filter((one) => one.role === role)
      const nic = others.find((one) => one.sourcenat) ?? first
      return nic && presentNic(nic)
    }
    const [control, outside, inside] = [at('control'), at('public'), at('guest')]
    return {
      id: row.id,
      name: `r-${row.number}-VM`,
      zoneid: row.zone,
      zonename: row.zonename,
      dns1: row.dns1,
      dns2: row.dns2,
      networkdomain: row.networkdomain,
      gateway: outside?.gateway,
      podid: row.pod,
      podname: row.podname,
      hostid: row.host,
      hostname: row.hostname,
      hypervisor: row.hypervisor,
      linklocalip: row.linklocal,
      linklocalmacaddress: control?.macaddress,
      linklocalnetmask: control?.netmask,
      publicip: outside?.ipaddress,
      publicmacaddress: outside?.macaddress,
      publicnetmask: outside?.netmask,
      guestipaddress: inside?.ipaddress,
      guestmacaddress: inside?.macaddress,
      guestnetmask: inside?.netmask,
      guestnetworkid: inside?.networkid,
      guestnetworkname: inside?.networkname,
      vpcid: row.vpc,
      vpcname: row.vpcname,
      templateid: row.template,
      templatename: row.templatename,
      created: row.created,
      state: row.state,
      ...owners(row.account),
      isredundantrouter: row.redundant,
      redundantstate: row.state === 'Running' ? row.redundant_state : 'UNKNOWN',
      version: row.image?.slice(0, VERSION_LENGTH),
      softwareversion: String(row.generation),
      role: 'VIRTUAL_ROUTER',
      nic: own.map(presentNic),
      requiresupgrade: row.image !== null && row.newestimage !== null && row.image !== row.newestimage,
      healthcheckresults: row.reason === null ? [] : [{ checkname: 'reconcile', success: false, details: row.reason }],
    }
  }
}
