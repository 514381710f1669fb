import { openLocal } from '@sysvm/manager/hosts/local'
import { expect, test } from 'vitest'

const host = openLocal()
const failure = (code: string) => expect.objectContaining({ code })

test('gives input, takes both outputs, and knows no shell', async () => {
  const { stdout, stderr } = await host.run(['sh', '-c', 'cat; echo "$1" >&2', 'sh', '$(id) `id`'], { input: 'in' })
  expect({ stdout, stderr }).toEqual({ stdout: 'in', stderr: '$(id) `id`\n' })
})

test('a failure tells the code and the last lines of stderr, never the input', async () => {
  const script = 'cat >/dev/null; seq 1 20 >&2; exit 3'
  const error = await host.run(['sh', '-c', script], { input: 'secret' }).catch((thrown) => thrown)
  expect(error).toEqual(failure('SYSVM_COMMAND_FAILED'))
  expect(error.details).toMatchObject({ exitCode: 3, stderr: '16\n17\n18\n19\n20' })
  expect(JSON.stringify(error)).not.toContain('secret')
})

test('a program that is not there is named', async () => {
  await expect(host.run(['no-such-program'])).rejects.toThrow('no-such-program is not installed')
})

test('a program that takes too long is killed with all it started', async () => {
  const mark = `sysvm-test-${process.pid}-${Date.now()}`
  const run = host.run(['sh', '-c', 'sleep 600 & wait', mark], { timeoutMs: 300 })
  await expect(run).rejects.toEqual(failure('SYSVM_TIMEOUT'))
  await expect(host.run(['pgrep', '-f', mark])).rejects.toEqual(failure('SYSVM_COMMAND_FAILED'))
})

test('a program that prints too much is stopped', async () => {
  await expect(host.run(['yes'], { maxOutputBytes: 100_000 })).rejects.toEqual(failure('SYSVM_OUTPUT_LIMIT'))
})

test('a program that ends without reading its input is no error', async () => {
  await expect(host.run(['true'], { input: 'x'.repeat(1_000_000) })).resolves.toEqual({ stdout: '', stderr: '' })
})
