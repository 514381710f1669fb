import { findGuests, type GuestFilter } from '../../model/guest.ts'
import { findNics } from '../../model/nic.ts'
import type { Page } from '../../model/page.ts'
import { trafficOfGuests } from '../../model/traffic.ts'
import { everyone } from '../authorized.ts'
import { HYPERVISORS } from '../cluster/hypervisors.ts'
import { type Context, defineCommand } from '../command.ts'
import { asksForNone, noneFilters, noneIds } from '../none.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { counting, listedReady, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { readTags } from '../tags.ts'
import { guestResponse, presentGuest } from './response.ts'

const PRESENT = ['Starting', 'Running', 'Stopping', 'Stopped', 'Error'] as const
const STATES = [...PRESENT, 'Destroyed', 'Expunging', 'Present'] as const

const kibibytes = (traffic: { readonly received: number; readonly sent: number } = { received: 0, sent: 0 }) => ({
  networkkbsread: Math.floor(traffic.received / 1024),
  networkkbswrite: Math.floor(traffic.sent / 1024),
})

/** A page of guests, and what they have and did, whose they are and their tags, all of which is read at once. */
const findWithNics = async ({ db }: Context, filter: GuestFilter, page: Page) => {
  const read = (guests: readonly { readonly id: string; readonly account: string }[]) => {
    const ids = guests.map(({ id }) => id)
    const owners = ownersIn(db, guests)
    return [findNics(db, { guests: ids }), trafficOfGuests(db, ids), owners, readTags(db, ids, owners)] as const
  }
  let begun: ReturnType<typeof read> | undefined
  const guests = await findGuests(db, filter, page, (rows) => {
    begun = read(rows)
    // They are waited for below, unless the guests themselves cannot be read.
    for (const each of begun) each.catch(() => {})
  })
  const [nics, traffic, owners, tags] = begun ?? read([])
  return { guests, tags, nics: await nics, traffic: await traffic, owners: await owners }
}

export const listVirtualMachines = defineCommand({
  name: 'listVirtualMachines',
  authorized: everyone,
  description: 'Lists guests.',
  params: {
    id: p.uuid('Only the guest of this id.'),
    ids: p.anyOf('Only the guests of these ids.'),
    name: p.text('Only guests of this host name.'),
    zoneid: p.uuid('Only guests of this zone.'),
    podid: p.forAdmins(p.uuid('Only guests on hosts of this pod.')),
    clusterid: p.forAdmins(p.uuid('Only guests on hosts of this cluster.')),
    hostid: p.forAdmins(p.uuid('Only guests on this host.')),
    networkid: p.uuid('Only guests on this network.'),
    vpcid: p.uuid('Only guests on tiers of this VPC.'),
    serviceofferingid: p.uuid('Only guests of this size.'),
    templateid: p.uuid('Only guests made of this template.'),
    hypervisor: p.choice('Only guests on this hypervisor.', HYPERVISORS),
    state: p.choice('Only guests in this state; Present: all but destroyed ones.', STATES),
    forvirtualnetwork: p.boolean('Only guests behind routers, or only others.'),
    userdata: p.boolean('True: with their user data.'),
    userdataid: p.uuid('Only guests with this user data.'),
    affinitygroupid: p.uuid('Only guests in this affinity group.'),
    securitygroupid: p.uuid('Only guests in this security group.'),
    groupid: p.uuid('Only guests in the group of this id.'),
    haenable: p.boolean('Only guests that are started elsewhere when their host fails, or only others.'),
    userid: p.uuid('Only guests that this user deployed.'),
    keypair: p.text('Only guests with the key pair of this name.'),
    details: p.words('Accepted for clients that send it; every field is answered.'),
    displayvm: p.boolean('Accepted for clients that send it; every guest is shown.'),
    showicon: p.boolean('Accepted for clients that send it; guests have no icon.'),
    accumulate: p.boolean('Accepted for clients that send it; figures are sums in any case.'),
    storageid: p.forAdmins(p.uuid('Only guests with volumes in this pool: none has.')),
    arch: noneFilters.arch,
    gpuenabled: noneFilters.gpuenabled,
    isvnf: noneFilters.isvnf,
    leased: noneFilters.leased,
    autoscalevmgroupid: noneIds.autoscalevmgroupid,
    backupofferingid: noneIds.backupofferingid,
    extensionid: noneIds.extensionid,
    isoid: noneIds.isoid,
    ...ownerFilter,
    ...search,
    ...tagsFilter,
    ...counting,
  },
  answer: 'list',
  response: guestResponse,
  run: async (context, params) => {
    const none = params.forvirtualnetwork === false || params.storageid !== undefined
    if (asksForNone(params) || none) return { count: 0, items: [] }
    const filter = {
      accounts: await ownersOf(context, params),
      name: params.name,
      keyword: params.keyword,
      hypervisor: params.hypervisor,
      ids: params.id === undefined ? params.ids : [params.id],
      zone: params.zoneid,
      pod: params.podid,
      cluster: params.clusterid,
      host: params.hostid,
      network: params.networkid,
      vpc: params.vpcid,
      offering: params.serviceofferingid,
      template: params.templateid,
      keypair: params.keypair,
      userdata: params.userdataid,
      affinity: params.affinitygroupid,
      group: params.groupid,
      securityGroup: params.securitygroupid,
      haenable: params.haenable,
      user: params.userid,
      withUserdata: params.userdata,
      states: params.state && (params.state === 'Present' ? PRESENT : [params.state]),
    }
    const { guests, nics, traffic, owners, tags } = await findWithNics(context, filter, pageOf(params))
    const present = presentGuest(owners, nics, { userdata: params.userdata })
    return { ...listedReady(guests, (row) => Object.assign(present(row), kibibytes(traffic.get(row.id)))), tags }
  },
})
