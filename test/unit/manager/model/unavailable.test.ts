import { SysvmError } from '@sysvm/errors'
import { unavailableOf } from '@sysvm/manager/model/unavailable'
import { describe, expect, it } from 'vitest'

const coded = (code: string, more: object = {}) => Object.assign(new Error('words'), { code, ...more })

describe('an error of the database', () => {
  it.each([
    coded('53100'),
    coded('53300'),
    coded('57P01'),
    coded('57P03'),
    coded('08006'),
    coded('25006'),
    coded('25P03'),
    coded('40001'),
    coded('40P01'),
    coded('55P03'),
    coded('EAI_AGAIN'),
    coded('ECONNREFUSED'),
    coded('ENOENT', { syscall: 'connect' }),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
  ])('is told as one of the database: %s', (error) => {
    expect(unavailableOf(error)).toMatchObject({ code: 'SYSVM_DATABASE', cause: error })
  })

  it('says so when the disk is full', () => {
    expect(unavailableOf(coded('53100'))?.message).toContain('disk of the database is full')
  })

  it.each([
    coded('23505'),
    coded('42P01'),
    coded('ENOENT', { syscall: 'open' }),
    new SysvmError('SYSVM_TIMEOUT', 'Connection terminated, says somebody else.'),
    'words',
    undefined,
  ])('is left alone when it is the caller’s or ours: %s', (error) => {
    expect(unavailableOf(error)).toBeUndefined()
  })
})
