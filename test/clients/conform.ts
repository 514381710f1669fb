import type { Fields, FieldType } from '@sysvm/manager/api/response'

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$/

const isOf: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  date: (value) => typeof value === 'string' && DATE.test(value),
  integer: Number.isInteger,
  long: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  list: Array.isArray,
  set: Array.isArray,
  map: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

/** Fields of an answered object that are not described, or not of the type that they are said to have. */
export const misfits = (object: Readonly<Record<string, unknown>>, fields: Fields, place: string): string[] =>
  Object.entries(object).flatMap(([name, value]) => {
    const where = `${place}.${name}`
    const field = fields[name]
    if (field === undefined) return [`${where} is not described`]
    const [type, , inner] = field
    if (!isOf[type](value)) return [`${where} is no ${type}: ${JSON.stringify(value)}`]
    if (inner === undefined) return []
    return [value].flat().flatMap((one) => misfits(one as Readonly<Record<string, unknown>>, inner, where))
  })
