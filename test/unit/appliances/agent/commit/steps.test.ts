import { failureOf, lineOf, stepError } from '@sysvm/agent/commit/steps'
import { SysvmError } from '@sysvm/errors'
import { describe, expect, it } from 'vitest'

describe('lineOf', () => {
  it.for([
    ['dnsmasq: bad option at line 9 of /run/sysvm/generations/2/dns/dnsmasq.conf', 9],
    ['/dev/stdin:3:5-10: Error: syntax error, unexpected newline', 3],
    ['/run/sysvm/generations/2/dhcp/kea-dhcp4.json:12.3-8: syntax error, unexpected string', 12],
    ['busybox exited with 1: ** server can’t find who.test: REFUSED', undefined],
    ['connect to 10.0.0.1:53 failed', undefined],
  ] as const)('%s', ([words, line]) => {
    expect(lineOf(words)).toBe(line)
  })
})

describe('stepError', () => {
  it('names step, service and line, and keeps the words and the cause', () => {
    const cause = new SysvmError('SYSVM_COMMAND_FAILED', 'dnsmasq exited with 1: bad option at line 9', {
      details: { program: 'dnsmasq' },
    })
    const error = stepError('check', 'dns', cause)
    expect(error.toJSON()).toEqual({
      code: 'SYSVM_CHECK_FAILED',
      message: 'The service dns was refused by its own checker (line 9): dnsmasq exited with 1: bad option at line 9',
      details: { program: 'dnsmasq', step: 'check', service: 'dns', line: 9 },
    })
    expect(error.cause).toBe(cause)
    // Once named, it is not named again by an outer step.
    expect(stepError('apply', undefined, error)).toBe(error)
    expect(failureOf(7, error, 'now')).toMatchObject({ generation: 7, step: 'check', service: 'dns', at: 'now' })
  })

  it('says of a full disk that it is full, at whatever step and however deep', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    const deep = new SysvmError('SYSVM_COMMAND_FAILED', 'kea failed', { cause: full })
    expect(stepError('stage', undefined, full).code).toBe('SYSVM_STORAGE_FULL')
    expect(stepError('apply', 'dhcp', deep).code).toBe('SYSVM_STORAGE_FULL')
  })

  it('leaves a refusal of the document its own code', () => {
    const error = stepError('validate', undefined, new SysvmError('SYSVM_SPEC_FUTURE', 'too new'))
    expect(error).toMatchObject({ code: 'SYSVM_SPEC_FUTURE', details: { step: 'validate' } })
  })
})
