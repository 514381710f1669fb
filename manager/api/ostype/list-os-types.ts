import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { osCategories, osTypes } from './table.ts'

export const listOsTypes = defineCommand({
  name: 'listOsTypes',
  authorized: everyone,
  description: 'Lists operating systems that guests can have.',
  params: {
    id: p.plainUuid('Only the one of this id.'),
    oscategoryid: p.plainUuid('Only those of this category.'),
    description: p.text('Only the one of this name.'),
    fordisplay: p.boolean('Only those that are shown to people: all are.'),
    ...search,
  },
  answer: 'list',
  response: defineResponse('ostype', {
    id: ['string', "The operating system's id."],
    name: ['string', 'Its name.'],
    description: ['string', 'Its name.'],
    oscategoryid: ['string', 'Its category.'],
    oscategoryname: ['string', "Its category's name."],
    isuserdefined: ['boolean', 'Whether an operator added it.'],
    fordisplay: ['boolean', 'Whether it is shown to people.'],
  }),
  run: async (_context, { id, oscategoryid, description, fordisplay = true, keyword = '', ...page }) => {
    if (id !== undefined)
      found(
        osTypes.find((one) => one.id === id),
        'id',
        'operating system',
        id,
      )
    if (oscategoryid !== undefined)
      found(
        osCategories.find((one) => one.id === oscategoryid),
        'oscategoryid',
        'category',
        oscategoryid,
      )
    const items = osTypes.filter(
      (type) =>
        fordisplay &&
        (id ?? type.id) === type.id &&
        (oscategoryid ?? type.category.id) === type.category.id &&
        (description ?? type.name) === type.name &&
        type.name.toLowerCase().includes(keyword.toLowerCase()),
    )
    const presented = items.map(({ id: own, name, category }) => ({
      ...{ id: own, name, description: name, oscategoryid: category.id, oscategoryname: category.name },
      ...{ isuserdefined: false, fordisplay: true },
    }))
    return listedFrom(presented, pageOf(page))
  },
})
