import { SysvmError } from '@sysvm/errors'
import { findHypervisors } from '../../model/cluster.ts'
import { findTemplates, type Template } from '../../model/template.ts'
import { findZone } from '../../model/zone.ts'
import { everyone } from '../authorized.ts'
import { HYPERVISORS } from '../cluster/hypervisors.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { asksForNone, noneFilters, noneIds } from '../none.ts'
import { type Owners, ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'
import { isOfCategory, osOf } from './os.ts'

const response = defineResponse('template', {
  id: ['string', "The template's id."],
  name: ['string', 'Its name.'],
  displaytext: ['string', 'What it is, for people.'],
  ispublic: ['boolean', 'Whether every account may use it.'],
  created: ['date', 'When it was registered.'],
  isready: ['boolean', 'Whether machines can be made of it.'],
  passwordenabled: ['boolean', 'Whether its guests take a password at first boot.'],
  format: ['string', 'QCOW2.'],
  hypervisor: ['string', 'A hypervisor that it runs on: the one asked for, else one that there is; it runs on all.'],
  bootable: ['boolean', 'Whether machines boot from it.'],
  isfeatured: ['boolean', 'Whether it is recommended.'],
  crossZones: ['boolean', 'Whether every zone has it.'],
  ostypename: ['string', 'Its operating system.'],
  accountid: ['string', "The owning account's id."],
  ...ownerShown,
  zoneid: ['string', 'The zone that was asked for.'],
  zonename: ['string', 'Name of the zone that was asked for.'],
  status: ['string', 'Download Complete, or what it waits for.'],
  templatetype: ['string', 'SYSTEM or USER.'],
  isextractable: ['boolean', 'Whether it can be downloaded.'],
  checksum: ['string', 'Content hash of its image.'],
  sshkeyenabled: ['boolean', 'Whether its guests take SSH keys from the metadata.'],
  isdynamicallyscalable: ['boolean', 'Whether its running machines can be resized.'],
  directdownload: ['boolean', 'Whether hosts fetch it themselves.'],
  requireshvm: ['boolean', 'Whether it needs hardware virtualization.'],
})

const present =
  (owners: Owners, zone: { readonly id: string; readonly name: string } | undefined, hypervisor: string | undefined) =>
  (row: Template): Presented<typeof response.fields> => ({
    id: row.id,
    name: row.name,
    displaytext: row.displaytext,
    ispublic: true,
    created: row.created,
    isready: row.isready,
    passwordenabled: false,
    format: 'QCOW2',
    hypervisor,
    bootable: true,
    isfeatured: row.kind === 'guest',
    crossZones: true,
    ostypename: osOf[row.kind],
    accountid: row.account,
    ...owners(row.account),
    zoneid: zone?.id,
    zonename: zone?.name,
    status: row.isready ? 'Download Complete' : 'Not verified yet',
    templatetype: row.kind === 'system' ? 'SYSTEM' : 'USER',
    isextractable: false,
    checksum: `sha256:${row.image}`,
    sshkeyenabled: row.kind === 'guest',
    isdynamicallyscalable: false,
    directdownload: false,
    requireshvm: false,
  })

/** Those that the category has. */
const ofCategory = (kinds: readonly Template['kind'][], id: string | undefined): readonly Template['kind'][] =>
  id === undefined ? kinds : kinds.filter((kind) => isOfCategory(kind, id))

export const listTemplates = defineCommand({
  name: 'listTemplates',
  authorized: everyone,
  description: 'Lists what guests are made of; templatefilter=all shows the system template too.',
  params: {
    templatefilter: p.required(
      p.choice('Which ones: executable, for example, are all that guests can be made of.', [
        'featured',
        'self',
        'selfexecutable',
        'sharedexecutable',
        'executable',
        'community',
        'all',
      ]),
    ),
    id: p.uuid('Only the template of this id.'),
    ids: p.anyOf('Only the templates of these ids.'),
    name: p.text('Only templates of this name.'),
    zoneid: p.uuid('Only templates of this zone; every zone has all.'),
    isready: p.boolean('Only templates that can be used, or only others.'),
    templatetype: p.choice('Only templates of this type.', ['SYSTEM', 'USER']),
    hypervisor: p.choice('Accepted for clients that send it; a template runs on both.', HYPERVISORS),
    details: p.words('Accepted for clients that send it; every field is answered.'),
    showicon: p.boolean('Accepted for clients that send it; templates have no icon.'),
    showunique: p.boolean('Accepted for clients that send it; a template is listed once in any case.'),
    showremoved: p.boolean('Accepted for clients that send it; removed templates are not kept.'),
    oscategoryid: p.plainUuid('Only templates of this category of operating systems.'),
    imagestoreid: p.forAdmins(p.uuid('Only templates in this store: none is, hosts have them.')),
    storageid: p.forAdmins(p.uuid('Only templates in this pool: none is, hosts have them.')),
    arch: noneFilters.arch,
    forcks: noneFilters.forcks,
    isvnf: noneFilters.isvnf,
    extensionid: noneIds.extensionid,
    parenttemplateid: noneIds.parenttemplateid,
    ...ownerFilter,
    ...search,
    ...tagsFilter,
  },
  answer: 'list',
  response,
  run: async (context, params) => {
    const filter = params.templatefilter
    if (filter === 'all' && context.caller.roletype === 'User')
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter templatefilter: all is for administrators.')
    // An owner who is named must be there, though what is public is listed for anybody.
    const owners = await ownersOf(context, params)
    const accounts = filter.startsWith('self') ? owners : undefined
    const elsewhere = params.imagestoreid !== undefined || params.storageid !== undefined
    if (asksForNone(params) || elsewhere || filter === 'sharedexecutable' || filter === 'community')
      return { count: 0, items: [] }
    const zone = params.zoneid && found(await findZone(context.db, params.zoneid), 'zoneid', 'zone', params.zoneid)
    const type = params.templatetype && (params.templatetype === 'SYSTEM' ? 'system' : 'guest')
    if (filter !== 'all' && type === 'system')
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter templatetype: SYSTEM needs templatefilter=all.')
    const rows = await findTemplates(
      context.db,
      {
        accounts,
        ids: params.id === undefined ? params.ids : [params.id],
        name: params.name,
        keyword: params.keyword,
        kinds: ofCategory(filter === 'all' ? (type ? [type] : ['system', 'guest']) : ['guest'], params.oscategoryid),
        isready: params.isready ?? (filter.endsWith('executable') ? true : undefined),
      },
      pageOf(params),
    )
    // Clients read it without asking whether it is there.
    const [hypervisor = 'KVM'] = params.hypervisor
      ? [params.hypervisor]
      : await findHypervisors(context.db, params.zoneid)
    return listed(rows, present(await ownersIn(context.db, rows.rows), zone || undefined, hypervisor))
  },
})
