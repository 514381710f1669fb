import { everyone } from '../authorized.ts'
import { HYPERVISORS } from '../cluster/hypervisors.ts'
import { defineCommand } from '../command.ts'
import { notFound } from '../found.ts'
import { refuseNamed } from '../nothing.ts'
import { osCategories } from '../ostype/table.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, tagFields } from '../response.ts'

export const listIsos = defineCommand({
  name: 'listIsos',
  authorized: everyone,
  description: 'Lists images of CDs; there are none yet.',
  params: {
    arch: p.choice('Only those for this architecture.', ['x86_64', 'aarch64']),
    bootable: p.boolean('Only those that machines boot from, or only others.'),
    hypervisor: p.choice('Only those for this hypervisor.', HYPERVISORS),
    id: p.plainUuid('Only the one of this id.'),
    imagestoreid: p.uuid('Only those in this image store.'),
    isofilter: p.choice('Which to list, such as executable or self.', [
      'featured',
      'self',
      'selfexecutable',
      'sharedexecutable',
      'executable',
      'community',
      'all',
    ]),
    ispublic: p.boolean('Only those that others may use, or only others.'),
    isready: p.boolean('Only those that can be used, or only others.'),
    name: p.text('Only those of this name.'),
    oscategoryid: p.plainUuid('Only those of this family of systems.'),
    showicon: p.boolean('Accepted for clients that send it; there are no icons.'),
    showremoved: p.boolean('True: those that were removed too.'),
    showunique: p.boolean('True: each once, not once a zone.'),
    storageid: p.uuid('Only those kept there.'),
    zoneid: p.uuid('Only those in this zone.'),
    ...ownerFilter,
    ...tagsFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('iso', {
    id: ['string', 'Its id.'],
    name: ['string', 'Its name.'],
    displaytext: ['string', 'What it is, for people.'],
    ispublic: ['boolean', 'Whether others may use it.'],
    created: ['date', 'When it was made.'],
    removed: ['date', 'When it was removed.'],
    isready: ['boolean', 'Whether it can be used.'],
    passwordenabled: ['boolean', 'Whether machines made of it fetch a password.'],
    format: ['string', 'Format of its file.'],
    bootable: ['boolean', 'Whether a machine boots from it.'],
    isfeatured: ['boolean', 'Whether it is shown first.'],
    crossZones: ['boolean', 'Whether every zone has it.'],
    ostypeid: ['string', 'Its system.'],
    ostypename: ['string', "Its system's name."],
    accountid: ['string', "The owning account's id."],
    account: ['string', 'The owning account.'],
    zoneid: ['string', 'Its zone.'],
    zonename: ['string', "Its zone's name."],
    status: ['string', 'How far it is.'],
    size: ['long', 'Its size in bytes.'],
    physicalsize: ['long', 'Bytes that it takes.'],
    templatetype: ['string', 'Its kind.'],
    hypervisor: ['string', 'Hypervisor that it is for.'],
    domain: ['string', "Name of the owner's domain."],
    domainpath: ['string', "Path of the owner's domain."],
    domainid: ['string', "The owner's domain."],
    isextractable: ['boolean', 'Whether it can be downloaded.'],
    checksum: ['string', 'Checksum of its file.'],
    sourcetemplateid: ['string', 'The template that it was made of.'],
    hostid: ['string', 'Host that has it.'],
    hostname: ['string', "That host's name."],
    templatetag: ['string', 'Tag of the hosts that it is for.'],
    projectid: ['string', 'The project that owns it, instead of an account.'],
    project: ['string', "That project's name."],
    details: ['map', 'What clients remember of it.'],
    downloaddetails: ['list', 'How far its download is.'],
    arch: ['string', 'Architecture of the machines that it is for.'],
    bits: ['integer', 'Width of its words.'],
    sshkeyenabled: ['boolean', 'Whether machines made of it fetch an SSH key.'],
    isdynamicallyscalable: ['boolean', 'Whether machines made of it can be resized while they run.'],
    directdownload: ['boolean', 'Whether hosts fetch it themselves.'],
    requireshvm: ['boolean', 'Whether it needs hardware virtualization.'],
    url: ['string', 'Where it came from.'],
    userdataid: ['string', 'User data of machines made of it.'],
    userdataname: ['string', 'Name of that user data.'],
    userdatapolicy: ['string', 'What a machine may say instead of it.'],
    userdataparams: ['string', 'Variables of that user data.'],
    tags: ['set', 'Its tags.', tagFields],
  }),
  run: async (context, params) => {
    await ownersOf(context, params)
    pageOf(params)
    if (params.oscategoryid !== undefined && !osCategories.some(({ id }) => id === params.oscategoryid))
      throw notFound('oscategoryid', 'family of systems', params.oscategoryid)
    refuseNamed('id', 'image', params.id)
    return { count: 0, items: [] }
  },
})
