import { SysvmError } from '@sysvm/errors'
import { z } from 'zod'
import type { Failure, Step } from '../api/index.ts'

const Known = z.strictObject({ generation: z.int().min(1), digest: z.string() })

const StepName = z.enum(['validate', 'render', 'check', 'stage', 'apply', 'probe', 'confirm']) satisfies z.ZodType<Step>

const FailureRecord = z.strictObject({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  generation: z.int(),
  step: StepName,
  service: z.string().optional(),
  at: z.string(),
})

/**
 * What the machine must remember across a power cut. `open` is written before the first dangerous step of a commit;
 * whoever finds it open at a start rolls back to `confirmed`. Moving `open` to `confirmed` is the one commit point.
 */
export const Journal = z.strictObject({
  confirmed: Known.nullable(),
  open: Known.nullable(),
  lastFailure: FailureRecord.nullable(),
})
export interface Journal {
  readonly confirmed: Known | null
  readonly open: Known | null
  readonly lastFailure: Failure | null
}
export type Known = Readonly<z.infer<typeof Known>>

export const emptyJournal: Journal = { confirmed: null, open: null, lastFailure: null }

/** What to do with a document that arrives. */
export type Admission = 'commit' | 'confirmed' | 'pending'

/** Pure. Throws SYSVM_SPEC_STALE, SYSVM_SPEC_CONFLICT or SYSVM_COMMIT_PENDING. */
export const admit = ({ confirmed, open }: Journal, { generation, digest }: Known): Admission => {
  if (open !== null) {
    if (open.generation === generation && open.digest === digest) return 'pending'
    throw new SysvmError(
      'SYSVM_COMMIT_PENDING',
      `Generation ${open.generation} waits to be confirmed; confirm it, roll it back or wait for its deadline.`,
      { details: { pending: open.generation } },
    )
  }
  if (confirmed === null || generation > confirmed.generation) return 'commit'
  if (generation < confirmed.generation) {
    throw new SysvmError(
      'SYSVM_SPEC_STALE',
      `The spec is generation ${generation}, but generation ${confirmed.generation} is confirmed; send a higher one.`,
      { details: { confirmed: confirmed.generation } },
    )
  }
  if (digest === confirmed.digest) return 'confirmed'
  throw new SysvmError(
    'SYSVM_SPEC_CONFLICT',
    `Generation ${generation} is confirmed already with another document; give the changed one a higher number.`,
    { details: { confirmed: confirmed.generation } },
  )
}

export const begun = (journal: Journal, open: Known): Journal => ({ ...journal, open })

export const confirmed = (journal: Journal): Journal => ({ ...journal, confirmed: journal.open, open: null })

export const abandoned = (journal: Journal, lastFailure: Failure): Journal => ({ ...journal, open: null, lastFailure })
