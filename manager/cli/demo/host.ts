import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SysvmError } from '@sysvm/errors'
import type { Driver } from '../driver.ts'
import { ensureText } from '../files.ts'
import { inState, type Settings } from '../settings.ts'
import { writeLibvirt } from './libvirt.ts'
import { namesOf } from './names.ts'
import { type Found, ownProcesses, startBackground } from './processes.ts'
import { until } from './until.ts'

const PROGRAM = join(import.meta.dirname, 'host.sh')
const ISOLATE = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation=private']

/** The host's first process, when it is on. */
export const findHost = (settings: Settings): Found | undefined =>
  ownProcesses(settings).find((found) => found.name === 'host' && found.inner === 1 && found.argv.includes(PROGRAM))

const bootHost = async (settings: Settings, folder: string, driver: Driver): Promise<Found> => {
  await rm(join(folder, 'ready'), { force: true })
  const enter = ['nsenter', `--net=/run/netns/${namesOf(settings).host}`, '--'] as const
  const daemons = driver === 'kvm' ? 'libvirt' : 'plain'
  await startBackground(settings, 'host', [...enter, ...ISOLATE, PROGRAM, folder, daemons])
  return until('the host boots', 20_000, async () =>
    existsSync(join(folder, 'ready')) ? findHost(settings) : undefined,
  )
}

/**
 * This machine's emulated host: namespaces of its own, private folders, with `kvm` its own libvirtd.
 * Switching it off (`endProcesses`) takes every machine, mount and namespace on it along.
 */
export const ensureHost = async (settings: Settings, driver: Driver): Promise<Found> => {
  const folder = inState(settings, 'demo')
  await mkdir(folder, { recursive: true })
  if (driver === 'kvm') await writeLibvirt(join(folder, 'libvirt/etc'))
  const found = findHost(settings) ?? (await bootHost(settings, folder, driver))
  await ensureText(namesOf(settings).pidfile, `${found.pid} ${found.started}\n`)
  if (driver === 'kvm') {
    await until("the host's libvirtd answers", 60_000, () => existsSync(join(folder, 'libvirt/run/libvirt-sock')))
  }
  if (findHost(settings)?.pid !== found.pid) {
    throw new SysvmError('SYSVM_UP_PROCESS', `the host ended at once; see ${inState(settings, 'log/host.log')}`)
  }
  return found
}
