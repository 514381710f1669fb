import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const MAIN = join(import.meta.dirname, '../../../../appliances/firmware/main.ts')

const firmware = (...words: readonly string[]) => {
  const { PATH, HOME } = process.env
  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning']
  const { status, stderr } = spawnSync(process.execPath, [...flags, MAIN, ...words], {
    encoding: 'utf8',
    env: { PATH, HOME, CREDENTIALS_DIRECTORY: join(import.meta.dirname, 'no-such-folder') },
  })
  return { status, stderr }
}

it('names its commands when it is given another', () => {
  expect(firmware('dance')).toEqual({
    status: 64,
    stderr: 'firmware: no command dance; there are agent, metadata, netboot, status.\n',
  })
})

it('without boot parameters lets the machine be, and says why nothing listens', () => {
  const { status, stderr } = firmware()
  expect(status).toBe(0)
  expect(stderr).toMatch(/^<3>this machine was started without the credential sysvm\.boot, so nothing listens;/)
})
