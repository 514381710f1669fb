import { SysvmError } from '@sysvm/errors'
import { type Answer, type Client, isObject, listOf, type Parameters } from '../client.ts'

/** How a thing is found again and how it is made. */
export interface Wanted {
  readonly list: string
  readonly listParameters?: Parameters
  /** Name of the object in answers. */
  readonly object: string
  readonly matches: (item: Answer) => boolean
  readonly create: string
  readonly parameters: Parameters
}

export const find = async (
  client: Client,
  wanted: Omit<Wanted, 'create' | 'parameters'>,
): Promise<Answer | undefined> =>
  listOf(await client.call(wanted.list, wanted.listParameters), wanted.object).find(wanted.matches)

/** The thing as the API lists it; made first when it is not there. */
export const ensure = async (client: Client, wanted: Wanted): Promise<Answer> => {
  const found = await find(client, wanted)
  if (found !== undefined) return found
  const answer = await client.run(wanted.create, wanted.parameters)
  const made = await find(client, wanted)
  if (made !== undefined) return made
  const inner = answer[wanted.object]
  if (isObject(inner)) return inner
  throw new SysvmError('SYSVM_API_REFUSED', `${wanted.create} answered, but ${wanted.list} does not show what it made`)
}

export const idOf = (item: Answer): string => String(item.id)
