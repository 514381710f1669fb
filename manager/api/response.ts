import type { ReadyValue, WireValue } from './wire/value.ts'

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

/** The same of things that are listed by so many that it is felt how they are written. */
export type Ready<F extends Fields = Fields> = { readonly [K in keyof F]?: ReadyValue }

/** What listTags says of a tag, and what carries it. */
export const tagFields = {
  key: ['string', "The tag's name."],
  value: ['string', "The tag's value."],
  resourcetype: ['string', 'Kind of the thing that has it.'],
  resourceid: ['string', 'The thing that has it.'],
  account: ['string', 'Account that the thing belongs to.'],
  projectid: ['string', 'The project that the thing belongs to, instead of an account.'],
  project: ['string', "That project's name."],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  domainpath: ['string', "Path of the owner's domain."],
  customer: ['string', 'Whom the tag is for.'],
} as const satisfies Fields

/** Objects of things that can have tags: their answers carry them, filled in for a whole page at once. */
const tagged: ReadonlySet<string> = new Set([
  ...['firewallrule', 'ipaddress', 'ipv6firewallrule', 'loadbalancer', 'loadbalancerrule', 'network', 'networkacl'],
  ...['portforwardingrule', 'project', 'publicipaddress', 'securitygroup', 'staticroute', 'template', 'virtualmachine'],
  ...['ipforwardingrule', 'vpc', 'zone'],
])

export const hasTags = ({ object }: ResponseShape): boolean => tagged.has(object)

export const defineResponse = <const F extends Fields>(object: string, fields: F): ResponseShape<F> => ({
  object,
  fields: tagged.has(object) ? { ...fields, tags: ['list', 'Its tags.', tagFields] } : fields,
})

/** Of answers about what an account or a project owns. */
export const ownerShown = {
  account: ['string', 'The owning account.'],
  projectid: ['string', 'The project that owns it, instead of an account.'],
  project: ['string', "That project's name."],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  domainpath: ['string', "Path of the owner's domain."],
} as const satisfies Fields

/** What a deletion answers. */
export const successResponse = defineResponse('success', {
  success: ['boolean', 'True when it is done.'],
  displaytext: ['string', 'What was done, when there is something to say.'],
})
