import { abandoned, admit, begun, confirmed, emptyJournal, Journal } from '@sysvm/agent/commit/journal'
import { isSysvmError } from '@sysvm/errors'
import { describe, expect, it } from 'vitest'

const one = { generation: 1, digest: 'a' }
const two = { generation: 2, digest: 'b' }
const failure = { code: 'SYSVM_X', message: 'so', generation: 2, step: 'apply', at: '2026-01-01T00:00:00Z' } as const

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (isSysvmError(error)) return error.code
  }
  throw new Error('it was admitted')
}

describe('the life of a commit', () => {
  it('is confirmed: open becomes confirmed in one step', () => {
    expect(confirmed(begun({ ...emptyJournal, confirmed: one }, two))).toEqual({
      confirmed: two,
      open: null,
      lastFailure: null,
    })
  })

  it('is abandoned: what was confirmed stays, and the reason is kept through the next commit', () => {
    const after = abandoned(begun({ ...emptyJournal, confirmed: one }, two), failure)
    expect(after).toEqual({ confirmed: one, open: null, lastFailure: failure })
    expect(confirmed(begun(after, two)).lastFailure).toEqual(failure)
  })

  it('reads back what it writes', () => {
    const journal = abandoned(begun({ ...emptyJournal, confirmed: one }, two), failure)
    expect(Journal.parse(JSON.parse(JSON.stringify(journal)))).toEqual(journal)
  })
})

describe('admit', () => {
  const settled = { ...emptyJournal, confirmed: two }

  it('takes the first, a newer one, and a retry of one that failed', () => {
    expect(admit(emptyJournal, one)).toBe('commit')
    expect(admit(settled, { generation: 3, digest: 'c' })).toBe('commit')
    expect(admit({ ...emptyJournal, confirmed: one, lastFailure: failure }, two)).toBe('commit')
  })

  it('knows what is in force and what is pending', () => {
    expect(admit(settled, two)).toBe('confirmed')
    expect(admit(begun(emptyJournal, one), one)).toBe('pending')
  })

  it('refuses the old, the ambiguous and the second', () => {
    expect(codeOf(() => admit(settled, one))).toBe('SYSVM_SPEC_STALE')
    expect(codeOf(() => admit(settled, { ...two, digest: 'other' }))).toBe('SYSVM_SPEC_CONFLICT')
    expect(codeOf(() => admit(begun(settled, { generation: 3, digest: 'c' }), { generation: 4, digest: 'd' }))).toBe(
      'SYSVM_COMMIT_PENDING',
    )
    expect(codeOf(() => admit(begun(emptyJournal, one), { ...one, digest: 'other' }))).toBe('SYSVM_COMMIT_PENDING')
  })
})
