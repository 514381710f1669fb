import { request } from 'node:http'
import { SOCKET } from '@sysvm/agent/api'

/** Prints the agent's status; the forced command of the control user, so that `ssh control@…` is of some use. */
export const printStatus = (): Promise<void> =>
  new Promise((resolve, reject) => {
    request({ socketPath: SOCKET, path: '/v1/status' }, (response) => {
      response.pipe(process.stdout, { end: false })
      response.on('end', () => {
        process.stdout.write('\n')
        resolve()
      })
    })
      .on('error', reject)
      .end()
  })
