import { hostTags } from '../host/tags.ts'
import type * as p from '../parameter.ts'

/** CloudStack has a string when a pool is created and a list when it is changed. */
export const poolTags = (description: string): p.Parameter<string[], false> => ({
  ...hostTags(description),
  type: 'string',
})
