import type { ServiceProvider } from '../../model/physicalnetwork.ts'
import type { Caller } from '../caller.ts'
import { defineResponse, type Presented } from '../response.ts'
import { servicesOf } from './services.ts'

export const providerResponse = defineResponse('networkserviceprovider', {
  id: ['string', "The provider's id."],
  name: ['string', 'VirtualRouter, or a name that stands for it.'],
  physicalnetworkid: ['string', 'The physical network it serves.'],
  state: ['string', 'Enabled when networks may be served by it.'],
  servicelist: ['list', 'Services it can give.'],
  canenableindividualservice: ['boolean', 'Whether services are chosen one by one.'],
})

export const presentProvider = (row: ServiceProvider): Presented<typeof providerResponse.fields> => ({
  id: row.id,
  name: row.name,
  physicalnetworkid: row.physical_network,
  state: row.state,
  servicelist: [...servicesOf(row.name)],
  canenableindividualservice: true,
})

export const elementResponse = defineResponse('virtualrouterelement', {
  id: ['string', "The element's id."],
  nspid: ['string', 'Its network service provider.'],
  enabled: ['boolean', 'Whether it may serve.'],
  account: ['string', 'The owning account.'],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  domainpath: ['string', "Path of the owner's domain."],
})

export const presentElement =
  (caller: Caller) =>
  (row: ServiceProvider): Presented<typeof elementResponse.fields> => ({
    id: row.element,
    nspid: row.id,
    enabled: row.element_enabled,
    account: caller.account,
    domainid: caller.domainid,
    domain: caller.domain,
    domainpath: caller.domainpath,
  })
