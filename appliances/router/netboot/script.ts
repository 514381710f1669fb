import type { NetbootGuest } from './spec.ts'

/** What iPXE runs; https://ipxe.org/scripting. */
export const ipxeScript = ({ linux, script }: NetbootGuest): string => {
  if (script !== undefined) return script
  if (linux === undefined) return '#!ipxe\nexit\n'
  const { kernel, initrd, arguments: words } = linux
  // A kernel that is started by EFI finds its initrd by this word only.
  const names = initrd.map((_, index) => ` initrd=initrd${index}`).join('')
  return [
    '#!ipxe',
    `kernel ${kernel}${names}${words === '' ? '' : ` ${words}`}`,
    ...initrd.map((url, index) => `initrd --name initrd${index} ${url}`),
    'boot',
    '',
  ].join('\n')
}

/** What pxelinux reads for a guest; undefined where only iPXE can do what the guest wants. */
export const pxelinuxConfig = ({ linux }: NetbootGuest): string | undefined => {
  if (linux === undefined) return undefined
  const { kernel, initrd, arguments: words } = linux
  return [
    'DEFAULT sysvm',
    'PROMPT 0',
    'LABEL sysvm',
    `  KERNEL ${kernel}`,
    ...(initrd.length === 0 ? [] : [`  INITRD ${initrd.join(',')}`]),
    ...(words === '' ? [] : [`  APPEND ${words}`]),
    '',
  ].join('\n')
}
