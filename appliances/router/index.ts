import type { AnyService } from '@sysvm/agent/service'

/** Services of a router in the order they are applied. */
export const routerServices: readonly AnyService[] = []

/** The metadata process. */
export const serveMetadata = async (): Promise<void> => undefined
