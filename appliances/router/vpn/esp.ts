import type { Effects } from '@sysvm/agent/service'
import type { Esp } from './names.ts'

/** An SA of nobody's, with keys of zeros: nothing is ever sent by it. */
const sa = ['src', '127.0.0.1', 'dst', '127.0.0.1', 'proto', 'esp', 'spi', '0xff5a5a01'] as const
const algorithms = ['enc', 'cbc(aes)', `0x${'0'.repeat(32)}`, 'auth', 'hmac(sha256)', `0x${'0'.repeat(64)}`] as const

/** Whether the kernel can do ESP, found out by asking it to; it loads a module that it has. */
export const espOf = async ({ run }: Effects): Promise<Esp> => {
  const remove = (): Promise<unknown> => run(['ip', 'xfrm', 'state', 'delete', ...sa]).catch(() => undefined)
  await remove()
  const able = await run(['ip', 'xfrm', 'state', 'add', ...sa, 'mode', 'tunnel', ...algorithms]).then(
    () => true,
    () => false,
  )
  if (able) await remove()
  return able ? 'kernel' : 'user'
}
