import { SysvmError } from '@sysvm/errors'
import type { Visit } from '../visit.ts'

/** What is in a request line stands in the logs of proxies and browsers: passwords do not belong there. */
export const requirePost = ({ method }: Visit): void => {
  if (method !== 'POST') throw new SysvmError('SYSVM_API_METHOD', `Send it by POST, with a form, not by ${method}.`)
}
