import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import type { Settings } from '../settings.ts'

/**
 * Keeps a second `up` or `down` of the same state directory out. The lock is a socket in Linux's abstract namespace:
 * it ends with this process, however that ends, and leaves no file. Rejects with SYSVM_UP_BUSY.
 */
export const takeLock = async (settings: Settings): Promise<AsyncDisposable> => {
  const name = createHash('sha256').update(settings.state).digest('hex').slice(0, 32)
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new SysvmError('SYSVM_UP_BUSY', `another sysvm up or down is working on ${settings.state}; wait for it`, {
          cause,
        }),
      ),
    )
    server.listen(`\0sysvm-${name}`, resolve)
  })
  server.unref()
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}
