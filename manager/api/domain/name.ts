import * as p from '../parameter.ts'

/** One name of a path. */
export const domainName = (description: string) => {
  const name = p.name(description)
  return { ...name, schema: name.schema.refine((text) => !text.includes('/'), 'has a slash') }
}
