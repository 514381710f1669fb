import { SysvmError } from '@sysvm/errors'

/** SYSVM_NEEDS_ROOT unless this process may do anything. */
export const needRoot = (what: string): void => {
  if (process.getuid?.() === 0) return
  throw new SysvmError(
    'SYSVM_NEEDS_ROOT',
    `sysvm ${what} needs root: it installs Debian packages, makes network namespaces, bridges and mounts, and runs machines in them; run it as root, or with sudo`,
  )
}
