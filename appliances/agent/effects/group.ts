import { readTextFile } from './index.ts'

/** The group's id from /etc/group; undefined where the machine has no such group (tests outside the image). */
export const groupId = async (name: string): Promise<number | undefined> => {
  const line = (await readTextFile('/etc/group'))?.split('\n').find((entry) => entry.startsWith(`${name}:`))
  return line === undefined ? undefined : Number(line.split(':')[2])
}
