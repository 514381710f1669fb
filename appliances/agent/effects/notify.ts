import type { Effects } from '../service/index.ts'

/**
 * Tells systemd that the unit is ready (sd_notify(3)). Node cannot send unix datagrams, so systemd-notify does;
 * the unit therefore says NotifyAccess=all. A no-op outside systemd.
 */
export const notifyReady = async (effects: Effects): Promise<void> => {
  const socket = process.env.NOTIFY_SOCKET
  if (socket === undefined) return
  // `env` hands on the one variable that the clean environment of `run` lacks.
  await effects.run(['env', `NOTIFY_SOCKET=${socket}`, 'systemd-notify', '--ready'])
}
