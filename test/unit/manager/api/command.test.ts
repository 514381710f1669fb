import { everyone } from '@sysvm/manager/api/authorized'
import { rootAdmin } from '@sysvm/manager/api/caller'
import { type Context, defineCommand, type Listed } from '@sysvm/manager/api/command'
import { defineResponse } from '@sysvm/manager/api/response'
import { expect, it } from 'vitest'

const listing = (found: Listed<{ readonly name: string }>) =>
  defineCommand({
    name: 'listThings',
    authorized: everyone,
    description: 'Lists things.',
    params: {},
    answer: 'list',
    response: defineResponse('thing', { name: ['string', 'Its name.'] }),
    run: async () => found,
  }).run({ caller: rootAdmin } as Context, {})

it('answers a page of a list with the count of all, and no list where there is nothing to list', async () => {
  expect(await listing({ count: 3, items: [{ name: 'a' }] })).toEqual({ count: 3, thing: [{ name: 'a' }] })
  expect(await listing({ count: 3, items: [] })).toEqual({ count: 3 })
  expect(await listing({ count: 0, items: [] })).toEqual({})
})
