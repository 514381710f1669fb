import { z } from 'zod'
import * as p from '../parameter.ts'

const MOST = 100
/** No comma, which parts them, and nothing that an offering could not name. */
const TAG = /^[A-Za-z0-9][A-Za-z0-9_.:=-]{0,62}$/

/** Tags of a host or of an offering that asks for them: each once, as they were given; empty: none. */
export const hostTags = (description: string): p.Parameter<string[], false> => ({
  ...p.words(description),
  takesEmpty: true,
  schema: z.string().transform((value, context) => {
    const tags = [...new Set(value.split(',').map((tag) => tag.replace(/^ +| +$/g, '')))].filter((tag) => tag !== '')
    if (tags.length > MOST) context.addIssue({ code: 'custom', message: `has more than ${MOST} tags` })
    const wrong = tags.find((tag) => !TAG.test(tag))
    if (wrong !== undefined)
      context.addIssue({ code: 'custom', message: 'has a tag that is not of letters, digits and _.:=- (at most 63)' })
    return tags
  }),
})
