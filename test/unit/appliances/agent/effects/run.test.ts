import { run } from '@sysvm/agent/effects/run'
import { SysvmError } from '@sysvm/errors'
import { expect, it } from 'vitest'

const errorOf = async (work: Promise<unknown>): Promise<SysvmError> => {
  const error = await work.catch((thrown: unknown) => thrown)
  if (error instanceof SysvmError) return error
  throw new Error('it succeeded')
}

it('hands over input and output, and no shell reads the arguments', async () => {
  expect(await run(['cat'], { input: 'in' })).toEqual({ stdout: 'in', stderr: '' })
  expect((await run(['echo', '$(id); `id` > /x'])).stdout).toBe('$(id); `id` > /x\n')
})

it('keeps its own environment to itself', async () => {
  process.env.SYSVM_TEST_SECRET = 'secret'
  const { stdout } = await run(['env'])
  delete process.env.SYSVM_TEST_SECRET
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    'LC_ALL=C.UTF-8',
  ])
})

it('rejects with the program’s own words', async () => {
  const error = await errorOf(run(['sh', '-c', 'echo all is lost >&2; exit 3']))
  expect(error.message).toBe('sh exited with 3: all is lost')
  expect(error.details).toEqual({ program: 'sh', exitCode: 3, signal: null, output: 'all is lost' })
  expect((await errorOf(run(['/no/such/program']))).message).toContain('/no/such/program could not be started')
})

it('ends a program that takes too long', async () => {
  const error = await errorOf(run(['sleep', '60'], { timeoutMs: 50 }))
  expect(error.details).toMatchObject({ signal: 'SIGKILL' })
})

it('a program that does not read its input still tells why', async () => {
  const error = await errorOf(run(['false'], { input: 'x'.repeat(1_000_000) }))
  expect(error.details).toMatchObject({ exitCode: 1 })
})
