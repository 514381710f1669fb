import type { ServiceProvider } from '../../model/physicalnetwork.ts'
import { findProviders } from '../../model/physicalnetwork.ts'
import type { Context } from '../command.ts'
import { defineResponse, type Presented } from '../response.ts'

/** Virtual routers balance inside their networks too, so that the element of the one is the element of the other. */
export const internalElementResponse = defineResponse('internalloadbalancerelement', {
  id: ['string', "The element's id."],
  nspid: ['string', 'Its network service provider.'],
  enabled: ['boolean', 'Whether it may serve.'],
})

export const presentInternalElement = (row: ServiceProvider): Presented<typeof internalElementResponse.fields> => ({
  id: row.element,
  nspid: row.id,
  enabled: row.element_enabled,
})

export const internalElementResult = async ({ db }: Context, id: string) => {
  const { rows } = await findProviders(db, { element: id }, { limit: 1, offset: 0 })
  return rows[0] && presentInternalElement(rows[0])
}
