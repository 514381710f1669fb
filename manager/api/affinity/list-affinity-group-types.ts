import { affinityTypes } from '../../model/affinity.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import { defineResponse } from '../response.ts'

export const listAffinityGroupTypes = defineCommand({
  name: 'listAffinityGroupTypes',
  authorized: everyone,
  description: 'Lists what guests of an affinity group can want.',
  params: { ...search },
  answer: 'list',
  response: defineResponse('affinityGroupType', { type: ['string', 'The type.'] }),
  run: async (_, params) => {
    const keyword = params.keyword?.toLowerCase() ?? ''
    return listedFrom(
      affinityTypes.filter((type) => type.includes(keyword)).map((type) => ({ type })),
      pageOf(params),
    )
  },
})
