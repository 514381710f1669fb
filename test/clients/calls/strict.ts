import { existsSync, readFileSync } from 'node:fs'
import type { Command } from '@sysvm/manager/api/command'
import { misfits } from '../conform.ts'

interface Published {
  readonly name: string
  readonly type?: string
  readonly response?: readonly Published[]
}

const file = new URL('../../../../shared/cloudstack/api.json', import.meta.url)
const published: readonly Published[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
const fieldsOf = new Map(published.map(({ name, response = [] }) => [name, response]))

type Item = Readonly<Record<string, unknown>>

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a decoder with whole numbers, and maps of texts, as Go's SDK is generated with, stumbles over. */
const undecodable = (item: Item, fields: readonly Published[], place: string): readonly string[] =>
  Object.entries(item).flatMap(([name, value]) => {
    const field = fields.find((one) => one.name === name)
    const where = `${place}.${name}`
    if (value === null) return [`${where} is null`]
    if (field === undefined) return []
    if (/^(int|integer|long|short)$/.test(field.type ?? '') && !Number.isInteger(value))
      return [`${where} is no whole number: ${JSON.stringify(value)}`]
    if (field.type === 'map' && isItem(value) && Object.values(value).some((one) => typeof one !== 'string'))
      return [`${where} has what is no text: ${JSON.stringify(value)}`]
    const inner = Array.isArray(value) ? value.filter(isItem) : isItem(value) ? [value] : []
    return inner.flatMap((one) => undecodable(one, field.response ?? [], where))
  })

/** What is wrong with an object that a command answers. */
export const wrongWith = ({ name, response }: Command, item: unknown): readonly string[] =>
  isItem(item)
    ? [
        ...misfits(item, response.fields, response.object),
        ...undecodable(item, fieldsOf.get(name) ?? [], response.object),
      ]
    : [`${response.object} is no object: ${JSON.stringify(item)}`]
