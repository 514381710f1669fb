import type { Codec } from '../codec/codec.ts'
import type { Configuration } from '../model.ts'
import { globalFields } from './global.ts'
import { backendFields, defaultsFields, frontendFields } from './proxy.ts'
import { peersFields, userlistFields } from './small.ts'

/** A kind of section: its keyword, its place in the model, and the codecs of its fields. */
export interface SectionKind {
  readonly keyword: string
  readonly key: keyof Configuration
  readonly named: boolean
  /** Whether it may build on a defaults section. */
  readonly from: boolean
  readonly fields: Readonly<Record<string, Codec<unknown>>>
}

const fields = (given: unknown): SectionKind['fields'] => given as SectionKind['fields']

/** In the order in which they are written: what others refer to comes first. */
export const sectionKinds: readonly SectionKind[] = [
  { keyword: 'global', key: 'global', named: false, from: false, fields: fields(globalFields) },
  { keyword: 'userlist', key: 'userlists', named: true, from: false, fields: fields(userlistFields) },
  { keyword: 'peers', key: 'peers', named: true, from: false, fields: fields(peersFields) },
  { keyword: 'defaults', key: 'defaults', named: true, from: true, fields: fields(defaultsFields) },
  { keyword: 'frontend', key: 'frontends', named: true, from: true, fields: fields(frontendFields) },
  { keyword: 'backend', key: 'backends', named: true, from: true, fields: fields(backendFields) },
]

/** A section of any kind, as the model has it. */
export type Section = Readonly<Record<string, unknown>> & { readonly name?: string; readonly from?: string }

export const sectionsOf = (configuration: Configuration, { key, named }: SectionKind): readonly Section[] => {
  const found = configuration[key]
  if (found === undefined) return []
  return (named ? found : [found]) as readonly Section[]
}
