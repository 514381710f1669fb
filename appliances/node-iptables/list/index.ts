import { NetfilterError } from '../errors.ts'
import type { Ruleset, Table } from '../model.ts'
import { tableName } from '../names.ts'
import { type RunOptions, runProgram } from '../run.ts'
import { asList, member } from './json.ts'
import { tablesOf } from './table.ts'

export interface ListOptions extends RunOptions {
  /** Only these; a table that does not exist is left out. */
  readonly tables?: readonly Pick<Table, 'family' | 'name'>[]
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new NetfilterError('NFT_UNREADABLE', 'nft -j list ruleset printed something other than JSON', { cause })
  }
}

/** Reads `nft -j list ruleset` output. Rules and objects that this library has no words for are kept as `foreign`. */
export const parseList = (text: string): Ruleset => {
  const objects = asList(member(parse(text), 'nftables'))
  if (objects === undefined)
    throw new NetfilterError('NFT_UNREADABLE', 'nft -j list ruleset printed no list of objects')
  return { tables: tablesOf(objects) }
}

/** The kernel's ruleset as typed data. */
export const list = async ({ run = runProgram, tables }: ListOptions = {}): Promise<Ruleset> => {
  const { stdout } = await run(['nft', '-j', 'list', 'ruleset'])
  const all = parseList(stdout)
  if (tables === undefined) return all
  const wanted = new Set(tables.map(tableName))
  return { tables: all.tables.filter((table) => wanted.has(tableName(table))) }
}
