import type { Command } from '../command.ts'
import { createASNRange } from './create-asn-range.ts'
import { deleteASNRange } from './delete-asn-range.ts'
import { listASNumbers } from './list-as-numbers.ts'
import { listASNRanges } from './list-asn-ranges.ts'
import { releaseASNumber } from './release-as-number.ts'

export const asnCommands: readonly Command[] = [
  createASNRange,
  deleteASNRange,
  listASNRanges,
  listASNumbers,
  releaseASNumber,
]
