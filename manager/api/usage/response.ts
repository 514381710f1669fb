import type { UsageRecord } from '../../model/usage/find.ts'
import { unitOf, usageTypes } from '../../model/usage/types.ts'
import { defineResponse, type Presented, tagFields } from '../response.ts'

export const usageResponse = defineResponse('usagerecord', {
  account: ['string', 'Account that used it.'],
  accountid: ['string', "The account's id."],
  projectid: ['string', 'The project that used it, instead of an account.'],
  project: ['string', "That project's name."],
  domainid: ['string', "The account's domain."],
  domain: ['string', "Name of the account's domain."],
  domainpath: ['string', "Path of the account's domain."],
  zoneid: ['string', 'The zone.'],
  usagetype: ['integer', 'What it is of; listUsageTypes names all.'],
  description: ['string', 'The same in words.'],
  usage: ['string', 'How much, with its unit: hours or bytes.'],
  rawusage: ['string', 'How much, as a number.'],
  usageid: ['string', 'The thing.'],
  name: ['string', 'What it was called.'],
  virtualmachineid: ['string', 'Of guests, the guest.'],
  offeringid: ['string', 'Its offering.'],
  templateid: ['string', 'Of guests, the template.'],
  cpunumber: ['long', 'Of guests, processors.'],
  cpuspeed: ['long', 'Of guests, MHz.'],
  memory: ['long', 'Of guests, MiB.'],
  issourcenat: ['boolean', 'Of addresses, whether a network or VPC went out by it.'],
  networkid: ['string', 'The network.'],
  vpcid: ['string', 'The VPC.'],
  startdate: ['date', 'Begin of the period.'],
  enddate: ['date', 'End of the period.'],
  tags: ['set', 'Tags of the thing, where they were asked for.', tagFields],
})

const GUEST = [1, 2]
const NETWORK = 30
const VPC = 31

export const presentUsage = (row: UsageRecord): Presented<typeof usageResponse.fields> => {
  const { facts, type } = row
  const raw = unitOf(type) === 'Hrs' ? row.raw.toFixed(6) : String(row.raw)
  const kind = usageTypes.find(({ id }) => id === type)?.description ?? 'Use'
  return {
    accountid: row.account,
    zoneid: row.zone,
    usagetype: type,
    description: facts.name === undefined ? kind : `${kind}: ${facts.name}`,
    usage: `${raw} ${unitOf(type)}`,
    rawusage: raw,
    usageid: row.resource,
    name: facts.name,
    virtualmachineid: GUEST.includes(type) ? row.resource : null,
    offeringid: facts.offering,
    templateid: facts.template,
    cpunumber: facts.cpunumber,
    cpuspeed: facts.cpuspeed,
    memory: facts.memory,
    issourcenat: facts.issourcenat,
    networkid: type === NETWORK ? row.resource : facts.network,
    vpcid: type === VPC ? row.resource : facts.vpc,
    startdate: row.start_date,
    enddate: row.end_date,
  }
}
