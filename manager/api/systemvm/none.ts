import { notFound } from '../found.ts'

/** Console proxies and secondary storage VMs are what these commands are about, and there are none so far. */
export const noSystemVm = (id: string) => notFound('id', 'system VM', id)
