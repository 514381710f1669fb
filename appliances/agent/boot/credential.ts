import { readFile } from 'node:fs/promises'

/** Name of the systemd credential that carries the boot parameters, in a VM (fw_cfg) and in a container alike. */
export const BOOT_CREDENTIAL = 'sysvm.boot'

/**
 * Where PID 1 puts system credentials (systemd.system-credentials(7)), from fw_cfg and from --load-credential alike;
 * a unit with ImportCredential= or LoadCredential= finds its copy in $CREDENTIALS_DIRECTORY.
 */
const places = (): string[] => [
  ...(process.env.CREDENTIALS_DIRECTORY === undefined ? [] : [process.env.CREDENTIALS_DIRECTORY]),
  '/run/credentials/@system',
]

const unlessMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
  return undefined
}

/** The text of the boot parameters, which holds a secret; undefined when the machine was started without. */
export const readCredential = async (): Promise<string | undefined> => {
  for (const place of places()) {
    const text = await readFile(`${place}/${BOOT_CREDENTIAL}`, 'utf8').catch(unlessMissing)
    if (text !== undefined) return text
  }
  return undefined
}
