import type { Context } from '../command.ts'
import type { Presented } from '../response.ts'
import { defineResponse } from '../response.ts'
import { routerResult } from '../router/job.ts'
import type { routerResponse } from '../router/response.ts'

/** A system VM, as all kinds of them are shown. */
export const systemVmResponse = defineResponse('systemvm', {
  id: ['string', "The system VM's id."],
  systemvmtype: ['string', 'domainrouter: a virtual router.'],
  name: ['string', 'Its instance name.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  dns1: ['string', 'First name server it asks.'],
  dns2: ['string', 'Second name server it asks.'],
  networkdomain: ['string', 'DNS domain of what it serves.'],
  gateway: ['string', 'Its gateway to the outside.'],
  podid: ['string', "Its host's pod."],
  podname: ['string', "Name of its host's pod."],
  hostid: ['string', 'The host that runs it.'],
  hostname: ['string', 'Name of the host that runs it.'],
  hypervisor: ['string', 'KVM or Container.'],
  linklocalip: ['string', 'Its control address.'],
  linklocalmacaddress: ['string', 'MAC address of its control nic.'],
  linklocalnetmask: ['string', 'Netmask of the control network.'],
  publicip: ['string', 'Its public address.'],
  publicmacaddress: ['string', 'MAC address of its public nic.'],
  publicnetmask: ['string', 'Netmask of the public network.'],
  templateid: ['string', 'The template it was made of.'],
  templatename: ['string', 'Name of the template it was made of.'],
  created: ['date', 'When it was made.'],
  state: ['string', 'Starting, Running, Stopping, Stopped, Migrating or Error.'],
  version: ['string', 'Content hash of the image whose firmware it runs, shortened.'],
})

/** A router among system VMs. */
const presentSystemVm = (
  router: Presented<typeof routerResponse.fields>,
): Presented<typeof systemVmResponse.fields> => ({
  ...Object.fromEntries(Object.keys(systemVmResponse.fields).map((name) => [name, router[name as 'id']])),
  systemvmtype: 'domainrouter',
})

/** What a job on a system VM answers. */
export const systemVmResult = async (context: Context, id: string) => {
  const router = await routerResult(context, id)
  return router && presentSystemVm(router)
}
