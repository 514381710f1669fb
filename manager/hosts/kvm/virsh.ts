import type { CommandResult, HostConnection, RunOptions } from '../connection.ts'

/** Runs virsh on the host's system daemon; messages are in English whatever the host speaks. */
export async function virsh(
  connection: HostConnection,
  words: readonly string[],
  options?: RunOptions,
): Promise<CommandResult['stdout']> {
  const argv = ['env', 'LC_ALL=C', 'virsh', '--quiet', '--connect', 'qemu:///system', ...words] as const
  return (await connection.run([...argv] as [string, ...string[]], options)).stdout
}
