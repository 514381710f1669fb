import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { findCluster } from '../../model/cluster.ts'
import { findHost } from '../../model/host.ts'
import { findPod } from '../../model/pod.ts'
import type { Database } from '../../model/schema.ts'
import { findServiceOffering, offeringReaches, type ServiceOffering } from '../../model/serviceoffering.ts'
import { findTemplate } from '../../model/template.ts'
import { findZone } from '../../model/zone.ts'
import type { Caller } from '../caller.ts'
import { found } from '../found.ts'
import { offeringsOf } from '../offering/reach.ts'

const stateError = (sentence: string) => new SysvmError('SYSVM_RESOURCE_STATE', sentence)
const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The offering, which is for guests, given out still, and for this zone and whoever asks. */
export const usableOffering = async (
  trx: Transaction<Database>,
  id: string,
  { zone, caller }: { readonly zone: string; readonly caller: Caller },
): Promise<ServiceOffering> => {
  const any = await findServiceOffering(trx, id)
  const offering = found(any?.issystem ? undefined : any, 'serviceofferingid', 'service offering for guests', id)
  if (offering.state === 'Inactive')
    throw stateError(`Service offering ${offering.name} is inactive: choose another one.`)
  const reaches = await offeringReaches(trx, id, { zone, domainpath: caller.domainpath })
  if (!reaches.zone) throw bad(`Parameter serviceofferingid: offering ${offering.name} cannot be used in this zone.`)
  if (!reaches.domain && offeringsOf(caller) !== undefined)
    throw new SysvmError('SYSVM_API_FORBIDDEN', `Service offering ${offering.name} is not for your domain.`)
  return offering
}

/** The template, which is for guests and ready. */
export const checkTemplate = async (trx: Transaction<Database>, id: string): Promise<void> => {
  const template = await findTemplate(trx, id)
  const usable = found(template?.kind === 'guest' ? template : undefined, 'templateid', 'template for guests', id)
  if (!usable.isready) throw stateError(`Template ${usable.name} is not ready: its image has not been verified yet.`)
}

interface Place {
  readonly zoneid: string
  readonly podid?: string | undefined
  readonly clusterid?: string | undefined
  readonly hostid?: string | undefined
}

/** Where it is to run is there, in the zone, and open. */
export const checkPlace = async (
  trx: Transaction<Database>,
  { zoneid, podid, clusterid, hostid }: Place,
): Promise<void> => {
  const zone = found(await findZone(trx, zoneid), 'zoneid', 'zone', zoneid)
  if (zone.allocationstate === 'Disabled')
    throw stateError(`Zone ${zone.name} is disabled: enable it with updateZone first.`)
  const inZone = (parameter: string, what: string, row: { readonly zone: string; readonly name: string }) => {
    if (row.zone !== zoneid) throw bad(`Parameter ${parameter}: ${what} ${row.name} is in another zone.`)
  }
  if (podid !== undefined) inZone('podid', 'pod', found(await findPod(trx, podid), 'podid', 'pod', podid))
  if (clusterid !== undefined)
    inZone('clusterid', 'cluster', found(await findCluster(trx, clusterid), 'clusterid', 'cluster', clusterid))
  if (hostid === undefined) return
  const host = found(await findHost(trx, hostid), 'hostid', 'host', hostid)
  inZone('hostid', 'host', host)
  if (host.state !== 'Up' || host.resourcestate !== 'Enabled')
    throw stateError(`Host ${host.name} is ${host.state} and ${host.resourcestate}: choose one that is Up and Enabled.`)
}
