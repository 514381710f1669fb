import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction, Updateable } from 'kysely'
import { findGuest, lockGuest, nameTaken, networksOfGuest, reviseGuest } from '../../model/guest.ts'
import { instanceGroup } from '../../model/instancegroup.ts'
import { findNics, setDhcpOptions } from '../../model/nic.ts'
import type { Database, GuestTable } from '../../model/schema.ts'
import { setSecurityGroups } from '../../model/securitygroup.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { readNamedValues } from '../offering/details.ts'
import { ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { groupsForGuest, namedSecurityGroups } from '../securitygroup/named.ts'
import { write } from '../write.ts'
import { checkOptionNetworks, readDhcpOptions } from './dhcpoptions.ts'
import { reviseGuestNetworks } from './job.ts'
import { chosenSize, guestResponse, presentGuest } from './response.ts'
import { requireDesired } from './state.ts'
import { chosenUserData } from './userdata.ts'

const chosenGroup = async (
  trx: Transaction<Database>,
  account: string,
  group: string | undefined,
): Promise<Updateable<GuestTable>> => {
  if (group === undefined) return {}
  if (/[\r\n]/.test(group)) throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter group: has a line break.')
  return { instance_group: group.trim() === '' ? null : await instanceGroup(trx, account, group.trim()) }
}

const SIZE = ['cpunumber', 'cpuspeed', 'memory']

/** All that is remembered of it; what of its size comes back unchanged is none of that. */
const chosenDetails = (
  guest: Selectable<GuestTable>,
  {
    details,
    cleanupdetails,
  }: { readonly details?: p.MapEntries | undefined; readonly cleanupdetails?: boolean | undefined },
): Updateable<GuestTable> => {
  if (details !== undefined && cleanupdetails === true)
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameters details and cleanupdetails exclude each other: give one.')
  if (details === undefined) return cleanupdetails === true ? { details: '{}' } : {}
  const size = Object.fromEntries(Object.entries(chosenSize(guest)).map(([name, value]) => [name.toLowerCase(), value]))
  const given = Object.entries(readNamedValues('details', details))
  const other = given.find(([name, value]) => SIZE.includes(name.toLowerCase()) && size[name.toLowerCase()] !== value)
  if (other !== undefined)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter details: ${other[0]} is not changed like this: use scaleVirtualMachine.`,
    )
  return { details: JSON.stringify(Object.fromEntries(given.filter(([name]) => !SIZE.includes(name.toLowerCase())))) }
}

export const updateVirtualMachine = defineCommand({
  name: 'updateVirtualMachine',
  authorized: everyone,
  description: "Changes a guest's names, user data or DHCP options; its router serves them at once.",
  params: {
    id: p.required(p.uuid('The guest.')),
    name: p.hostLabel('New host name, taken by the guest at its next lease.'),
    displayname: p.text('New name for people.'),
    userdata: p.secret('New user data in base64; empty removes it.', 1_100_000),
    userdataid: p.uuid('Registered user data, instead of userdata.'),
    userdatadetails: p.map('New values of the variables of its user data: entries of name=value.'),
    dhcpoptionsnetworklist: p.map(
      'New DHCP options of nics: entries of networkid and dhcp:CODE=value; they replace all.',
    ),
    displayvm: p.only('Whether it is shown.', true),
    haenable: p.boolean('Whether it is started elsewhere when its host fails.'),
    isdynamicallyscalable: p.boolean('Whether it can be resized while it runs.'),
    deleteprotection: p.boolean('True: it is not destroyed until this is taken back.'),
    group: p.text('Name of the group that it is shown in; empty: none.'),
    details: p.map('What clients want to remember of it: entries of name=value; they replace all.'),
    cleanupdetails: p.boolean('True: nothing is remembered of it any more.'),
    securitygroupids: p.orNone(p.uuids('Its security groups from now on, comma-joined; empty: none.')),
    securitygroupnames: p.orNone(p.words('Names of its security groups, instead of their ids.')),
  },
  unsupported: ['customid', 'extraconfig', 'instancename', 'leaseduration', 'leaseexpiryaction', 'ostypeid'],
  answer: 'object',
  response: guestResponse,
  run: (context, params) => {
    const { id, name, displayname } = params
    const options = readDhcpOptions(params.dhcpoptionsnetworklist ?? [])
    return write(context, async (trx) => {
      const guest = found(await lockGuest(trx, id), 'id', 'guest', id)
      requireDesired(guest, ['Running', 'Stopped'])
      if (name !== undefined)
        for (const network of await networksOfGuest(trx, id))
          if (await nameTaken(trx, network, name, id))
            throw new SysvmError(
              'SYSVM_API_PARAMETER',
              `Parameter name: a network of the guest has one named ${name} already.`,
            )
      checkOptionNetworks(options, await networksOfGuest(trx, id))
      for (const [network, wanted] of options) await setDhcpOptions(trx, id, network, wanted)
      const groups = await namedSecurityGroups(trx, guest.account, params)
      if (groups !== undefined) {
        await groupsForGuest(trx, guest.account, await networksOfGuest(trx, id), params)
        await setSecurityGroups(trx, id, groups)
      }
      await reviseGuest(trx, id, {
        ...changes({ name, displayname, haenable: params.haenable, scalable: params.isdynamicallyscalable }),
        ...changes({ protected: params.deleteprotection }),
        ...(await chosenGroup(trx, guest.account, params.group)),
        ...chosenDetails(guest, params),
        ...(await chosenUserData(trx, guest.account, params)),
      })
      await reviseGuestNetworks(context, trx, id)
      const nics = await findNics(trx, { guests: [id] })
      const now = found(await findGuest(trx, id), 'id', 'guest', id)
      return presentGuest(await ownersIn(trx, [now]), nics)(now)
    })
  },
})
