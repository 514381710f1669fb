import { serveMetadata } from '@sysvm/router'

/** Run inside the router: what `firmware.mjs metadata` does in the image. */
await serveMetadata()
