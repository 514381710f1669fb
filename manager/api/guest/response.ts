import type { Guest, ListedGuest } from '../../model/guest.ts'
import type { Nic } from '../../model/nic.ts'
import { affinityGroupFields } from '../affinity/response.ts'
import { nicFields, presentNic } from '../nic/response.ts'
import type { OwnerFields, Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Ready } from '../response.ts'
import { formatDate } from '../wire/value.ts'

const securityGroupFields = {
  id: ['string', "The group's id."],
  name: ['string', 'Its name.'],
  description: ['string', 'What it is for.'],
  ...ownerShown,
} as const

export const guestResponse = defineResponse('virtualmachine', {
  id: ['string', "The guest's id."],
  name: ['string', 'Its host name.'],
  displayname: ['string', 'Its name for people.'],
  account: ['string', 'The owning account.'],
  projectid: ['string', 'The project that owns it, instead of an account.'],
  project: ['string', "That project's name."],
  userid: ['string', 'The user that deployed it.'],
  username: ['string', 'Name of the user that deployed it.'],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  domainpath: ['string', "Path of the owner's domain."],
  created: ['date', 'When it was deployed.'],
  state: ['string', 'Starting, Running, Stopping, Stopped, Destroyed, Expunging or Error.'],
  haenable: ['boolean', 'Whether it is started elsewhere when its host fails.'],
  groupid: ['string', 'The group that it is shown in.'],
  group: ['string', "That group's name."],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  hostid: ['string', 'The host that has it.'],
  hostname: ['string', 'Name of the host that has it.'],
  templateid: ['string', 'The template it was made of.'],
  templatename: ['string', 'Name of the template it was made of.'],
  templatetype: ['string', 'USER.'],
  templateformat: ['string', 'QCOW2.'],
  templatedisplaytext: ['string', "The template's text for people."],
  passwordenabled: ['boolean', 'Whether it fetches a password when it boots.'],
  serviceofferingid: ['string', 'Its offering.'],
  serviceofferingname: ['string', "Its offering's name."],
  cpunumber: ['integer', 'Processors.'],
  cpuspeed: ['integer', 'Share of a processor in MHz.'],
  memory: ['integer', 'Memory in MiB.'],
  rootdeviceid: ['long', 'Place of its first disk.'],
  rootdevicetype: ['string', 'ROOT.'],
  nic: ['set', 'Its network interfaces.', nicFields],
  securitygroup: ['set', 'Its security groups.', securityGroupFields],
  affinitygroup: ['set', 'Its affinity groups.', affinityGroupFields],
  networkkbsread: ['long', 'KiB that came to it through its routers, when they were last read.'],
  networkkbswrite: ['long', 'KiB that it sent through its routers.'],
  hypervisor: ['string', 'KVM or Container.'],
  ipaddress: ['string', 'Address of its default nic.'],
  instancename: ['string', 'Its name on the host: i-2-NUMBER-VM.'],
  details: ['map', 'What clients wrote down about it, and reason: why it is not as wanted.'],
  displayvm: ['boolean', 'Always true.'],
  isdynamicallyscalable: ['boolean', 'Whether it can be resized while it runs.'],
  deleteprotection: ['boolean', 'Whether it is kept from deletion.'],
  userdata: ['string', 'Its user data in base64, when asked for.'],
  userdataid: ['string', 'The user data that it shares with others.'],
  userdataname: ['string', 'Name of that user data.'],
  userdatadetails: ['string', 'Values of the variables of its user data, as JSON.'],
  keypairs: ['string', 'Names of its SSH key pairs, with commas.'],
  password: ['string', 'In the answer of the job that set it: its password.'],
  vmtype: ['string', 'User.'],
  tags: ['set', 'Its tags; none.'],
})

/** Where clients look for what was chosen of a customized offering. */
export const chosenSize = (
  row: Pick<Guest, 'custom_cpunumber' | 'custom_cpuspeed' | 'custom_memory'>,
): Record<string, string> => ({
  ...(row.custom_cpunumber !== null && { cpuNumber: String(row.custom_cpunumber) }),
  ...(row.custom_cpuspeed !== null && { cpuSpeed: String(row.custom_cpuspeed) }),
  ...(row.custom_memory !== null && { memory: String(row.custom_memory) }),
})

const hasDetails = (row: ListedGuest): boolean =>
  row.reason !== null ||
  Boolean(row.keyboard) ||
  row.custom_cpunumber !== null ||
  row.custom_cpuspeed !== null ||
  row.custom_memory !== null ||
  Object.keys(row.details).length > 0

const detailsOf = (row: ListedGuest): Record<string, string> | undefined => {
  // As most have none.
  if (!hasDetails(row)) return undefined
  const all = { ...row.details, ...chosenSize(row) }
  if (row.keyboard) all.keyboard = row.keyboard
  if (row.reason !== null) all.reason = row.reason
  return all
}

const presentGroup = <G extends { readonly description: string | null }>(group: G, owner: OwnerFields) => ({
  ...group,
  ...owner,
  description: group.description ?? undefined,
})

export const presentGuest = (
  owners: Owners,
  nics: readonly Nic[],
  options: { readonly userdata?: boolean | undefined } = {},
) => {
  const byGuest = Map.groupBy(nics, ({ guest }) => guest)
  return (row: ListedGuest): Ready<typeof guestResponse.fields> => {
    const nic = (byGuest.get(row.id) ?? []).map(presentNic)
    const owner = owners(row.account)
    // Field by field: one object that is spread among them makes the others ten times as slow.
    return {
      id: row.id,
      name: row.name,
      displayname: row.displayname,
      account: owner.account,
      projectid: owner.projectid,
      project: owner.project,
      domainid: owner.domainid,
      domain: owner.domain,
      domainpath: owner.domainpath,
      userid: row.cloud_user ?? undefined,
      username: row.username ?? undefined,
      created: formatDate(row.created),
      state: row.state,
      haenable: row.haenable,
      groupid: row.instance_group ?? undefined,
      group: row.groupname ?? undefined,
      zoneid: row.zone,
      zonename: row.zonename ?? undefined,
      hostid: row.host ?? undefined,
      hostname: row.hostname ?? undefined,
      templateid: row.template,
      templatename: row.templatename ?? undefined,
      templatetype: 'USER',
      templateformat: 'QCOW2',
      templatedisplaytext: row.templatetext ?? undefined,
      passwordenabled: true,
      serviceofferingid: row.offering,
      serviceofferingname: row.offeringname ?? undefined,
      cpunumber: row.cpunumber ?? undefined,
      cpuspeed: row.cpuspeed ?? undefined,
      memory: row.memory ?? undefined,
      rootdeviceid: 0,
      rootdevicetype: 'ROOT',
      nic,
      securitygroup: row.securitygroups.map((group) => presentGroup(group, owner)),
      affinitygroup: row.affinitygroups.map((group) => presentGroup(group, owner)),
      hypervisor: row.hypervisor ?? undefined,
      ipaddress: (nic.find(({ isdefault }) => isdefault) ?? nic[0])?.ipaddress,
      instancename: `i-2-${row.number}-VM`,
      details: detailsOf(row),
      displayvm: true,
      isdynamicallyscalable: row.scalable && row.offerscaling,
      deleteprotection: row.protected,
      userdata: options.userdata ? (row.servedUserdata ?? undefined) : undefined,
      userdataid: row.userdata_id ?? undefined,
      userdataname: row.userdataname ?? undefined,
      userdatadetails:
        Object.keys(row.userdata_details).length === 0 ? undefined : JSON.stringify(row.userdata_details),
      keypairs: row.keypairs.length === 0 ? undefined : row.keypairs.join(','),
      vmtype: 'User',
      tags: [],
    }
  }
}
