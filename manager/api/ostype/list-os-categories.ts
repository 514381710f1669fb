import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { asksForNone, noneFilters } from '../none.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { osCategories } from './table.ts'

export const listOsCategories = defineCommand({
  name: 'listOsCategories',
  authorized: everyone,
  description: 'Lists categories of operating systems.',
  params: {
    id: p.plainUuid('Only the one of this id.'),
    name: p.text('Only the one of this name.'),
    zoneid: p.uuid('Accepted for clients that send it; every zone has all of them.'),
    isfeatured: p.boolean('Only those that are shown first, or only others: none is.'),
    showicon: p.boolean('Accepted for clients that send it; they have no icon.'),
    arch: noneFilters.arch,
    isiso: noneFilters.isiso,
    isvnf: noneFilters.isvnf,
    ...search,
  },
  answer: 'list',
  response: defineResponse('oscategory', {
    id: ['string', "The category's id."],
    name: ['string', 'Its name.'],
    isfeatured: ['boolean', 'Whether it is shown first.'],
  }),
  run: async (_context, { id, name, isfeatured = false, keyword = '', page, pagesize, ...rest }) => {
    if (id !== undefined)
      found(
        osCategories.find((one) => one.id === id),
        'id',
        'category',
        id,
      )
    const items = osCategories.filter(
      (one) =>
        !isfeatured &&
        !asksForNone(rest) &&
        (id ?? one.id) === one.id &&
        (name ?? one.name) === one.name &&
        one.name.toLowerCase().includes(keyword.toLowerCase()),
    )
    return listedFrom(
      items.map((one) => ({ ...one, isfeatured: false })),
      pageOf({ page, pagesize }),
    )
  },
})
