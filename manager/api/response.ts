import type { WireValue } from './wire/value.ts'

/** CloudStack's names of field types, as `listApis` gives them. */
export type FieldType = 'boolean' | 'date' | 'integer' | 'list' | 'long' | 'map' | 'object' | 'set' | 'string'

/** Type and a sentence for people; a list or set of objects has their fields too. */
export type Field = readonly [FieldType, string] | readonly [FieldType, string, Fields]

export interface Fields {
  readonly [name: string]: Field
}

export interface ResponseShape<F extends Fields = Fields> {
  /** Name of the object, or of a list's items, in the answer: `zone`. */
  readonly object: string
  readonly fields: F
}

/** An answer may leave fields out, never add one that is not described. */
export type Presented<F extends Fields> = { readonly [K in keyof F]?: WireValue }

export const defineResponse = <const F extends Fields>(object: string, fields: F): ResponseShape<F> => ({
  object,
  fields,
})

/** What a deletion answers. */
export const successResponse = defineResponse('success', {
  success: ['boolean', 'True when it is done.'],
  displaytext: ['string', 'What was done, when there is something to say.'],
})
