import { SysvmError } from '@sysvm/errors'
import type { Found, Page } from '../model/page.ts'
import type { Listed } from './command.ts'
import { boolean, integer, tags, text } from './parameter.ts'
import { ready } from './wire/json.ts'
import type { ReadyObject } from './wire/value.ts'

/** Longest page, and what is answered when none is asked for. */
export const LARGEST_PAGE = 500

export const paging = {
  page: integer('Which page to answer, from 1; needs pagesize.', 1),
  pagesize: integer(`Objects per page, at most ${LARGEST_PAGE}; needs page.`, 1),
}

export const search = {
  keyword: text('Part of the name.'),
  ...paging,
}

/** Of lists that may tell the number alone; `pageOf` hands it to the query. */
export const counting = {
  retrieveonlyresourcecount: boolean('True: only how many there are.'),
}

/** Of lists of things that can have tags; `pageOf` hands it to the query. */
export const tagsFilter = {
  tags: tags('Only those that have one of these tags: tags[0].key and tags[0].value.'),
}

interface PagingValues {
  readonly tags?: Page['tags']
  readonly retrieveonlyresourcecount?: boolean | undefined
  readonly page?: number | undefined
  readonly pagesize?: number | undefined
}

/** CloudStack's rules: both parameters or neither, and no page above the server's maximum. */
export const pageOf = ({ page, pagesize, tags, retrieveonlyresourcecount: countOnly }: PagingValues): Page => {
  if ((page === undefined) !== (pagesize === undefined))
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameters page and pagesize come together: give both or neither.')
  if (page === undefined || pagesize === undefined) return { limit: LARGEST_PAGE, offset: 0, tags, countOnly }
  if (pagesize > LARGEST_PAGE)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter pagesize: ${pagesize} is above the maximum of ${LARGEST_PAGE}.`,
    )
  return { limit: pagesize, offset: (page - 1) * pagesize, tags, countOnly }
}

export const listed = <R, T>({ count, rows }: Found<R>, present: (row: R) => T): Listed<T> => ({
  count,
  items: rows.map((row) => present(row)),
})

/** The same where the rows are presented as they are written. */
export const listedReady = <R, T extends ReadyObject>(found: Found<R>, present: (row: R) => T): Listed<T> => {
  const { count, items } = listed(found, present)
  return { count, items: ready(items) }
}

/** The same for lists that are not in the database. */
export const listedFrom = <T>(items: readonly T[], { limit, offset }: Page): Listed<T> => ({
  count: items.length,
  items: items.slice(offset, offset + limit),
})
