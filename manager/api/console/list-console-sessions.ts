import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseNamed } from '../nothing.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

export const listConsoleSessions = defineCommand({
  name: 'listConsoleSessions',
  authorized: everyone,
  since: '4.21.0',
  description: 'Lists sessions of consoles; there are none yet.',
  params: {
    accountid: p.uuid('Only those of this account.'),
    acquired: p.boolean('Only those that were opened, or only others.'),
    activeonly: p.boolean('Only those that are open.'),
    clientaddress: p.ip('Only those opened from this address.'),
    consoleendpointcreatoraddress: p.ip('Only those asked for from this address.'),
    enddate: p.date('Only those made until then.'),
    hostid: p.uuid('Only those on this host.'),
    id: p.plainUuid('Only the one of this id.'),
    startdate: p.date('Only those made since then.'),
    userid: p.uuid('Only those of this user.'),
    virtualmachineid: p.uuid('Only those of this guest.'),
    domainid: p.uuid('Only those of this domain.'),
    isrecursive: p.boolean('Those of domains beneath it too.'),
    ...search,
  },
  answer: 'list',
  response: defineResponse('consolesession', {
    id: ['string', 'Its id.'],
    created: ['date', 'When it was made.'],
    domain: ['string', "Name of the owner's domain."],
    domainpath: ['string', "Path of the owner's domain."],
    domainid: ['string', "The owner's domain."],
    account: ['string', 'The owning account.'],
    accountid: ['string', "The owning account's id."],
    user: ['string', 'Who opened it.'],
    userid: ['string', 'Id of who opened it.'],
    virtualmachineid: ['string', 'Its guest.'],
    virtualmachinename: ['string', "Its guest's name."],
    hostid: ['string', 'Host that has it.'],
    hostname: ['string', "That host's name."],
    acquired: ['date', 'When it was opened.'],
    removed: ['date', 'When it was removed.'],
    consoleendpointcreatoraddress: ['string', 'Address of who asked for it.'],
    clientaddress: ['string', 'Address of who opened it.'],
  }),
  run: async (_, params) => {
    pageOf(params)
    refuseNamed('id', 'session', params.id)
    return { count: 0, items: [] }
  },
})
