import { SysvmError } from '@sysvm/errors'
import type { Chosen } from '../../model/event/find.ts'
import type { Context } from '../command.ts'
import { visibleOwners } from '../owner.ts'
import * as p from '../parameter.ts'
import { untilOf } from './until.ts'

/** Which events or alerts; at least one of them is needed. */
export const choice = {
  ids: p.uuids('These.'),
  type: p.symbol('Those of this type.'),
  startdate: p.date('Those from then on.'),
  enddate: p.date('Those until then; a date alone means the whole day.'),
}

interface ChoiceValues {
  readonly ids?: readonly string[] | undefined
  readonly type?: string | undefined
  readonly startdate?: Date | undefined
  readonly enddate?: Date | undefined
}

/** All would be a mistake. */
export const chosenBy = ({ ids, type, startdate, enddate }: ChoiceValues): Omit<Chosen, 'accounts'> => {
  if (ids === undefined && type === undefined && startdate === undefined && enddate === undefined)
    throw new SysvmError('SYSVM_API_PARAMETER', 'Say which: parameters ids, type, startdate or enddate.')
  if (startdate !== undefined && enddate !== undefined && startdate > enddate)
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter enddate: it is before startdate.')
  return { ids, type, from: startdate, until: untilOf(enddate) }
}

/** Of the caller's own, and of those whom it administers. */
export const chosenEvents = async (context: Context, values: ChoiceValues): Promise<Chosen> => ({
  ...chosenBy(values),
  accounts: await visibleOwners(context),
})

/** An id that is nobody's, or not the caller's, is refused before anything is changed. */
export const refuseMissing = (ids: readonly string[] | undefined, changed: number): void => {
  if (ids !== undefined && changed < ids.length)
    throw new SysvmError('SYSVM_NOT_FOUND', 'Parameter ids: not all of them exist, or not all are yours.')
}
