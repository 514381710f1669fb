import type { HostConnection } from '../connection.ts'
import type { HostFacts } from '../driver.ts'
import type { HostPaths } from '../paths.ts'
import { readFacts, requireAll } from './read.ts'

const PROGRAMS = [
  'bridge',
  'dd',
  'flock',
  'ip',
  'nft',
  'setsid',
  'sha256sum',
  'systemd-nspawn',
  'tar',
  'timeout',
  'unshare',
  'zstd',
]

/** What a container host is; SYSVM_HOST_REQUIREMENTS names everything it lacks. */
export async function containerInventory(connection: HostConnection, paths: HostPaths): Promise<HostFacts> {
  const { facts, missing } = await readFacts(connection, paths, PROGRAMS)
  requireAll('container', facts.name, missing)
  const { stdout } = await connection.run(['systemd-nspawn', '--version'])
  return { ...facts, acceleration: 'none', hypervisorVersion: stdout.split('\n')[0] ?? '' }
}
