import type { Effects } from '@sysvm/agent/service'
import { CONFIG_FILE, DATA_FOLDER, SOCKET_FOLDER } from './render.ts'

/** The environment of Kea's unit: where its files may be, and no lock file that root would own. */
const environment = [`KEA_DHCP_DATA_DIR=${DATA_FOLDER}`, 'KEA_LOCKFILE_DIR=none']

/** A server of Kea's reads a configuration: syntax, subnets, reservations, hooks, devices and paths. */
export const checkKea = async (program: 'kea-dhcp4' | 'kea-dhcp6', file: string, { run }: Effects): Promise<void> => {
  // Kea wants the folder of its socket to be there and closed to others; its unit makes it only at the first start.
  await run(['install', '-d', '-m', '0750', '-o', '_kea', '-g', '_kea', SOCKET_FOLDER])
  await run(['env', ...environment, program, '-t', file])
}

export const check = (path: (rendered: string) => string, effects: Effects): Promise<void> =>
  checkKea('kea-dhcp4', path(CONFIG_FILE), effects)
