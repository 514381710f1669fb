import { SysvmError } from '@sysvm/errors'
import { ProcessOutput, $ as zx } from 'zx'
import { SOURCE_DATE_EPOCH } from './epoch.ts'

/** How every program of a build is run: quiet, in one locale and time zone, arguments quoted by zx. */
export const $ = zx({
  quiet: true,
  env: {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH),
    // mke2fs takes its clock from here.
    E2FSPROGS_FAKE_TIME: String(SOURCE_DATE_EPOCH),
  },
})

/** Runs one step and turns a failing program into SYSVM_IMAGE_BUILD with its last words. */
export const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ProcessOutput)) throw error
    const words = (error.stderr.trim() || error.stdout.trim()).slice(-2000)
    throw new SysvmError('SYSVM_IMAGE_BUILD', `${what} failed: ${words || error.message}`, { cause: error })
  }
}
